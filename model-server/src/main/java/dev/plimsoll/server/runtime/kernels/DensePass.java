package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.cuda.CublasLt;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaModule;
import dev.plimsoll.server.cuda.CudaModule.Kernel;
import dev.plimsoll.server.cuda.KernelLaunch;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.runtime.kernels.DenseProducts.Role;
import dev.plimsoll.server.runtime.kernels.DenseWeights.Layer;
import java.util.List;

/**
 * Queues a step: kernels of our own, and matrix products between them. Kernels of our own begin while the one before them
 * ends, where the GPU can.
 */
final class DensePass {
    private static final double LOG2E = 1.4426950408889634;
    private static final int WARP = 32;
    private static final int VECTOR = 8;
    private static final int BLOCK = 256;
    private static final int CHOOSE_BLOCK = 1024;
    /** Heads of a group of queries that a block of the decode kernel takes. */
    private static final int GROUP = 8;

    /** Compute capability of GPUs that begin a kernel while the one before it ends. */
    private static final int OVERLAPS = 90;

    private final CudaContext context;
    private final DenseShape shape;
    private final DenseWeights weights;
    private final List<LayerCache> cache;
    private final EngineLimits limits;
    private final DenseMemory memory;
    private final DenseKernels kernels;
    private final DenseProducts products;
    private final KernelLaunch launch;
    private final int capability;

    /**
     * A layer's keys and values on the device.
     *
     * @param keys [pages, 16, key and value heads, width]
     * @param values likewise
     */
    record LayerCache(long keys, long values) {}

    DensePass(
            CudaContext context,
            DenseShape shape,
            DenseWeights weights,
            List<LayerCache> cache,
            EngineLimits limits,
            DenseMemory memory,
            CudaModule module,
            CublasLt cublas,
            KernelLaunch launch) {
        this.context = context;
        this.shape = shape;
        this.weights = weights;
        this.cache = cache;
        this.limits = limits;
        this.memory = memory;
        this.capability = context.computeCapability();
        this.kernels = DenseKernels.of(module, shape, capability);
        this.launch = launch;
        this.products = new DenseProducts(context, module, shape, cublas, launch);
    }

    /** Fills the table of angles. */
    void fillRope(long frequencies) {
        launch.of(kernels.ropeTable())
                .pointer(memory.rope)
                .pointer(frequencies)
                .integer(shape.headDim() / 2)
                .launch(limits.maxSequenceTokens(), 1, 1, shape.headDim() / 2);
    }

    /** Queues a step whose block is on the device, or will be when this runs. */
    void queue(StepLayout step) {
        context.use();
        products.begin(step.tokens());
        int rows = step.isDecoding() ? step.tokens() : products.rows(step.tokens());
        embed(step);
        int last = shape.layers() - 1;
        for (int i = 0; i < last; i++) {
            Layer layer = weights.layers().get(i);
            attention(step, i, rows);
            attend(step, i);
            mlp(layer, memory.attended, memory.x, step.tokens(), rows);
            addNorm(
                    memory.x,
                    step.tokens(),
                    layer.downBias(),
                    weights.layers().get(i + 1).inputNorm());
        }
        attention(step, last, rows);
        if (step.choices() == 0) {
            return;
        }
        attend(step, last);
        Layer layer = weights.layers().get(last);
        if (step.isDecoding()) {
            mlp(layer, memory.attended, memory.x, step.tokens(), rows);
        } else {
            gather(step, memory.attended, memory.attention, shape.queryWidth());
            gather(step, memory.x, memory.last, shape.hidden());
            mlp(layer, memory.attention, memory.last, step.choices(), products.rows(step.choices()));
        }
        addNorm(step.isDecoding() ? memory.x : memory.last, step.choices(), layer.downBias(), weights.norm());
        choose(step);
    }

    /** Queries, keys and values of a layer, the latter in the cache. */
    private void attention(StepLayout step, int layer, int rows) {
        Layer of = weights.layers().get(layer);
        products.multiply(Role.ATTENTION, of.attention(), memory.y, memory.attention, rows);
        rotate(step, of, cache.get(layer));
    }

    /** From what has been attended to what is to be added to {@code x}. */
    private void mlp(Layer layer, long attended, long x, int tokens, int rows) {
        products.multiply(Role.OUTPUT, layer.output(), attended, memory.delta, rows);
        addNorm(x, tokens, layer.outputBias(), layer.mlpNorm());
        gateUp(layer, tokens, rows);
        products.multiply(Role.DOWN, layer.down(), memory.activated, memory.delta, rows);
    }

    /** Rows behind which a token is chosen, one behind the other. */
    private void gather(StepLayout step, long from, long to, int width) {
        own(kernels.gather())
                .pointer(from)
                .pointer(to)
                .pointer(word(step.choicesAt() + 1))
                .integer(StepLayout.CHOICE_WORDS)
                .integer(width)
                .launch(step.choices(), 1, 1, BLOCK);
    }

    /** Runs products of so many rows once: cuBLAS chooses an algorithm and loads it then. What they give means nothing. */
    void prepareProducts(int rows) {
        context.use();
        products.beginWithCublas();
        Layer layer = weights.layers().getFirst();
        products.multiply(Role.ATTENTION, layer.attention(), memory.y, memory.attention, rows);
        products.multiply(Role.OUTPUT, layer.output(), memory.attended, memory.delta, rows);
        products.multiply(Role.GATE_UP, layer.gateUp(), memory.y, memory.gateUp, rows);
        products.multiply(Role.DOWN, layer.down(), memory.activated, memory.delta, rows);
    }

    private long word(int index) {
        return memory.step + (long) index * Integer.BYTES;
    }

    private long rowsOf(StepLayout step) {
        return step.isDecoding() ? 0 : word(step.rowsAt());
    }

    private void embed(StepLayout step) {
        launch.of(kernels.embed())
                .pointer(memory.step)
                .pointer(word(step.idsAt()))
                .pointer(word(step.positionsAt()))
                .pointer(rowsOf(step))
                .pointer(word(step.pagesAt()))
                .pointer(memory.chosen)
                .pointer(memory.pageTokens)
                .pointer(weights.embedding())
                .pointer(weights.layers().getFirst().inputNorm())
                .pointer(memory.x)
                .pointer(memory.y)
                .integer(shape.hidden())
                .real(shape.epsilon())
                .launch(step.tokens(), 1, 1, rowBlock());
    }

    /** A thread for each eight elements of a row. */
    private int rowBlock() {
        return Math.ceilDiv(shape.hidden() / VECTOR, WARP) * WARP;
    }

    private void rotate(StepLayout step, Layer layer, LayerCache to) {
        own(kernels.rotate())
                .pointer(memory.step)
                .pointer(word(step.positionsAt()))
                .pointer(rowsOf(step))
                .pointer(word(step.pagesAt()))
                .pointer(layer.attentionBias())
                .pointer(layer.queryNorm())
                .pointer(layer.keyNorm())
                .pointer(memory.rope)
                .pointer(memory.attention)
                .pointer(to.keys())
                .pointer(to.values())
                .integer(shape.heads())
                .integer(shape.keyValueHeads())
                .real(shape.epsilon())
                .launch(Math.ceilDiv(shape.attentionWidth() / (2 * VECTOR), BLOCK), step.tokens(), 1, BLOCK);
    }

    private void attend(StepLayout step, int layer) {
        if (step.decodes() > 0) {
            int tiles = Math.ceilDiv(shape.heads() / shape.keyValueHeads(), GROUP) * shape.keyValueHeads();
            DecodeSplit split = DecodeSplit.of(step.decodes(), tiles, capability, context.multiprocessors());
            attention(own(split.warps() == 4 ? kernels.decodeNarrow() : kernels.decodeWide()), step, layer)
                    .cluster(split.splits())
                    .launch(split.splits(), tiles, step.decodes(), split.warps() * WARP);
        }
        if (step.tiles() > 0) {
            attention(own(kernels.prompt()), step, layer).launch(shape.heads(), step.tiles(), 1, kernels.promptBlock());
        }
    }

    private KernelLaunch attention(KernelLaunch of, StepLayout step, int layer) {
        return of.structure()
                .pointer(memory.step)
                .pointer(word(step.positionsAt()))
                .pointer(word(step.pagesAt()))
                .pointer(memory.attention)
                .pointer(cache.get(layer).keys())
                .pointer(cache.get(layer).values())
                .pointer(memory.attended)
                .pointer(word(step.tilesAt()))
                .integer(shape.heads())
                .integer(shape.keyValueHeads())
                .integer(shape.windows().get(layer))
                .real(shape.scale() * LOG2E)
                .end();
    }

    private void addNorm(long x, int rows, long bias, long weight) {
        own(kernels.addNorm())
                .pointer(memory.delta)
                .pointer(bias)
                .pointer(weight)
                .pointer(x)
                .pointer(memory.y)
                .integer(shape.hidden())
                .real(shape.epsilon())
                .launch(rows, 1, 1, rowBlock());
    }

    private void gateUp(Layer layer, int tokens, int rows) {
        if (!products.gated(layer, memory.y, memory.activated, rows)) {
            products.multiply(Role.GATE_UP, layer.gateUp(), memory.y, memory.gateUp, rows);
            gate(tokens, layer.gateUpBias());
        }
    }

    private void gate(int rows, long bias) {
        own(kernels.gated())
                .pointer(memory.gateUp)
                .pointer(bias)
                .pointer(memory.activated)
                .integer(shape.intermediate())
                .launch(Math.ceilDiv(shape.intermediate(), VECTOR * BLOCK), rows, 1, BLOCK);
    }

    private void choose(StepLayout step) {
        int rows = step.isDecoding() ? step.choices() : Math.ceilDiv(step.choices(), VECTOR) * VECTOR;
        products.logits(weights.head(), memory.y, memory.logits, rows);
        int slices = DenseMemory.slices(shape);
        sampling(own(kernels.adjust()), step).launch(slices, step.choices(), 1, BLOCK);
        sampling(own(kernels.choose()), step).integer(slices).launch(step.choices(), 1, 1, CHOOSE_BLOCK);
    }

    private KernelLaunch sampling(KernelLaunch of, StepLayout step) {
        return of.structure()
                .pointer(memory.step)
                .pointer(word(step.pagesAt()))
                .pointer(memory.pageTokens)
                .pointer(word(step.choicesAt()))
                .pointer(memory.logits)
                .pointer(memory.adjusted)
                .pointer(memory.parts)
                .pointer(memory.chosen)
                .pointer(memory.topIds)
                .pointer(memory.topLogprobs)
                .integer(shape.vocabulary())
                .integer(shape.logitStride())
                .integer(limits.maxSequences())
                .end();
    }

    private KernelLaunch own(Kernel kernel) {
        return capability < OVERLAPS ? launch.of(kernel) : launch.of(kernel).overlapping();
    }
}
