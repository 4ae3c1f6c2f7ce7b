package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.cuda.CublasLt;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaGraph;
import dev.plimsoll.server.cuda.CudaModule;
import dev.plimsoll.server.cuda.KernelLaunch;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.StartingEngine;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import dev.plimsoll.server.runtime.kernels.DensePass.LayerCache;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;

/**
 * A dense decoder on one GPU. A step of decode rows alone is one graph, captured for a few numbers of rows; other steps
 * are queued kernel by kernel. All of it runs on one stream of its own, and the ids that a step chose are read by the next
 * one on the device.
 */
public final class KernelEngine implements StartingEngine {
    /** Steps that may be under way. */
    public static final int STEPS_IN_FLIGHT = 2;

    private final CudaContext context;
    private final EngineLimits limits;
    private final KvCache cache;
    private final Arena arena = Arena.ofShared();
    private final long stream;
    private final DenseMemory memory;
    private final DensePass pass;
    private final CudaModule module;
    private final CublasLt cublas;
    private final NavigableMap<Integer, CudaGraph> graphs = new TreeMap<>();
    private final List<Slot> slots = new ArrayList<>();
    private final Queue<Slot> underWay = new ArrayDeque<>();
    private int begun;

    /** The host's side of a step under way. */
    private record Slot(StepBlock block, MemorySegment input, MemorySegment output, long event, Asked asked) {}

    /** What the step under way is to tell. */
    private static final class Asked {
        private int rows;
        private boolean logprobs;
    }

    /**
     * An engine over weights and a KV cache that are on the GPU. It closes module and cuBLAS.
     *
     * @param keys addresses of each layer's keys, {@code [pages, 16, key and value heads, width]}
     * @param values likewise
     * @param frequencies angle per position of each pair of a head's elements, {@code [width / 2]}
     */
    public KernelEngine(
            CudaContext context,
            CudaModule module,
            CublasLt cublas,
            DenseShape shape,
            DenseWeights weights,
            List<Long> keys,
            List<Long> values,
            float[] frequencies,
            EngineLimits limits) {
        this.context = context;
        this.limits = limits;
        this.module = module;
        this.cublas = cublas;
        this.cache = new KvCache(limits.pages());
        this.stream = context.stream();
        this.memory = new DenseMemory(context::allocate, shape, limits);
        List<LayerCache> layers = new ArrayList<>();
        for (int i = 0; i < shape.layers(); i++) {
            layers.add(new LayerCache(keys.get(i), values.get(i)));
        }
        this.pass = new DensePass(
                context,
                shape,
                weights,
                layers,
                limits,
                memory,
                module,
                cublas,
                new KernelLaunch(context, stream, arena));
        for (int i = 0; i < STEPS_IN_FLIGHT; i++) {
            MemorySegment input = locked(StepBlock.bytes(limits));
            slots.add(
                    new Slot(new StepBlock(limits, input), input, locked(outputBytes()), context.event(), new Asked()));
        }
        fillRope(frequencies);
    }

    private MemorySegment locked(long bytes) {
        return MemorySegment.ofAddress(context.lockHost(bytes, Runnable::run)).reinterpret(bytes);
    }

    private void fillRope(float[] frequencies) {
        MemorySegment staged = slots.getFirst().input();
        MemorySegment.copy(frequencies, 0, staged, ValueLayout.JAVA_FLOAT, 0, frequencies.length);
        context.copy(memory.step, staged.address(), (long) frequencies.length * Float.BYTES, stream);
        pass.fillRope(memory.step);
        context.finish(stream);
    }

    private long chosenBytes() {
        return 3L * limits.maxSequences() * Integer.BYTES;
    }

    private long topBytes() {
        return (long) StepOutput.MAX_LOGPROBS * limits.maxSequences() * Integer.BYTES;
    }

    private long outputBytes() {
        return chosenBytes() + 2 * topBytes();
    }

    /** Rows that graphs are made for: a step of fewer rows takes the next larger one. */
    static List<Integer> buckets(int maxSequences) {
        List<Integer> buckets = new ArrayList<>();
        for (int rows = 1;
                rows < maxSequences;
                rows += rows < 8 ? rows : Math.max(8, Integer.highestOneBit(rows) / 2)) {
            buckets.add(rows);
        }
        buckets.add(maxSequences);
        return buckets;
    }

    /** Bytes on the GPU beside weights and cache. */
    public static long bytes(DenseShape shape, EngineLimits limits) {
        return new DenseMemory(bytes -> 0, shape, limits).bytes() + CublasLt.WORKSPACE_BYTES;
    }

    @Override
    public void firstStep() {
        prepare(StepLayout.decoding(1));
    }

    /**
     * Captures the graphs; until then decode steps are queued kernel by kernel, too. Of steps with prompts it runs a small
     * one, and the products of larger ones.
     */
    @Override
    public void warmUp() {
        for (int rows : buckets(limits.maxSequences())) {
            StepLayout layout = StepLayout.decoding(rows);
            prepare(layout);
            graphs.put(rows, new CudaGraph(context, stream, () -> pass.queue(layout)));
        }
        int tokens = limits.maxBatchedTokens();
        prepare(new StepLayout(Math.min(tokens, DenseMemory.ROWS), 0, 1, 1));
        for (int rows = DenseMemory.ROWS; rows < 2 * tokens; rows *= 2) {
            pass.prepareProducts(DenseMemory.padded(Math.min(rows, tokens)));
        }
        context.finish(stream);
    }

    /** Runs a step of no rows: kernels are loaded, and cuBLAS makes what it needs, when they first run. */
    private void prepare(StepLayout layout) {
        Slot slot = slots.getFirst();
        long bytes = slot.block().write(new StepInput(limits), layout);
        context.copy(memory.step, slot.input().address(), bytes, stream);
        pass.queue(layout);
        context.finish(stream);
    }

    @Override
    public EngineLimits limits() {
        return limits;
    }

    @Override
    public KvCache cache() {
        return cache;
    }

    @Override
    public void begin(StepInput input) {
        if (underWay.size() == STEPS_IN_FLIGHT) {
            throw new IllegalStateException(STEPS_IN_FLIGHT + " steps are under way");
        }
        Slot slot = slots.get(begun++ % STEPS_IN_FLIGHT);
        StepLayout layout = StepBlock.layout(input);
        var graph = layout.isDecoding() ? graphs.ceilingEntry(layout.decodes()) : null;
        if (graph != null) {
            layout = StepLayout.decoding(graph.getKey());
        }
        long bytes = slot.block().write(input, layout);
        context.copy(memory.step, slot.input().address(), bytes, stream);
        if (graph != null) {
            graph.getValue().launch(stream);
        } else {
            pass.queue(layout);
        }
        slot.asked().rows = input.rows();
        slot.asked().logprobs = false;
        for (int row = 0; row < input.rows(); row++) {
            slot.asked().logprobs |= input.sampling.logprobs[row] > 0;
        }
        long to = slot.output().address();
        context.copyToHost(to, memory.chosen, chosenBytes(), stream);
        if (slot.asked().logprobs) {
            context.copyToHost(to + chosenBytes(), memory.topIds, topBytes(), stream);
            context.copyToHost(to + chosenBytes() + topBytes(), memory.topLogprobs, topBytes(), stream);
        }
        context.record(slot.event(), stream);
        underWay.add(slot);
    }

    @Override
    public void await(StepOutput output) {
        Slot slot = underWay.remove();
        context.await(slot.event());
        MemorySegment words = slot.output();
        int rows = slot.asked().rows;
        long column = (long) limits.maxSequences() * Integer.BYTES;
        MemorySegment.copy(words, ValueLayout.JAVA_INT, 0, output.ids, 0, rows);
        for (int row = 0; row < rows; row++) {
            output.failed[row] = words.get(ValueLayout.JAVA_INT, column + (long) row * Integer.BYTES) != 0;
        }
        MemorySegment.copy(words, ValueLayout.JAVA_FLOAT, 2 * column, output.logprobs, 0, rows);
        if (slot.asked().logprobs) {
            int tops = rows * StepOutput.MAX_LOGPROBS;
            MemorySegment.copy(words, ValueLayout.JAVA_INT, chosenBytes(), output.topIds, 0, tops);
            MemorySegment.copy(words, ValueLayout.JAVA_FLOAT, chosenBytes() + topBytes(), output.topLogprobs, 0, tops);
        }
    }

    /** Float32 logits of the last step's choices, to be read when it is done: {@code [choices, stride]}. */
    long logits() {
        return memory.logits;
    }

    long stream() {
        return stream;
    }

    @Override
    public void close() {
        context.finish(stream);
        graphs.values().forEach(CudaGraph::close);
        slots.forEach(slot -> {
            context.destroyEvent(slot.event());
            context.unlockHost(slot.input().address());
            context.unlockHost(slot.output().address());
        });
        memory.allocated().forEach(context::free);
        cublas.close();
        module.close();
        context.destroyStream(stream);
        arena.close();
    }
}
