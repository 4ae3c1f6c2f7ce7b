package dev.plimsoll.server.runtime.execution;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.Architecture.Task;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.engine.BlockTable;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.StartingEngine;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.runtime.torch.Torch;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A model on TorchScript, each unit on the device that its plan names: every family, on CPUs, on emulated and real GPUs,
 * with weights that are streamed. Its steps do not overlap.
 */
public final class TorchEngine implements StartingEngine {
    private final Torch torch;
    private final EngineLimits limits;
    private final KvCache cache;
    private final Program program;
    private final StepPacking packing;
    private final TokenChoice choice;
    private final int[] tokens;
    private final StepOutput last;
    private int rows = -1;

    /**
     * Binds loaded tensors.
     *
     * @param source the checkpoint's files, for what is streamed from them
     * @param staging of all streams together
     */
    public TorchEngine(
            Torch torch,
            Architecture architecture,
            PlacementPlan plan,
            ModelTensors tensors,
            TensorSource source,
            Staging staging) {
        this.torch = torch;
        this.limits = limits(architecture, plan, plan.prefillChunkTokens(), 1);
        this.cache = new KvCache(limits.pages());
        this.program = new Program(torch, architecture, tensors.units(), source, staging);
        this.packing = new StepPacking(limits, program.runsOnCuda(), program.looksUp());
        this.choice = new TokenChoice(torch, limits);
        this.tokens = new int[limits.maxBatchedTokens()];
        this.last = new StepOutput(limits);
    }

    static EngineLimits limits(Architecture architecture, PlacementPlan plan, int chunkTokens, int stepsInFlight) {
        boolean encodes = architecture.task() == Task.EMBED;
        return new EngineLimits(
                plan.maxSequences(),
                plan.maxSequenceTokens(),
                Math.max(chunkTokens, plan.maxSequences()),
                encodes ? 0 : plan.cachePages(),
                architecture.shape().vocabulary(),
                encodes ? architecture.shape().hidden() : 0,
                window(architecture),
                stepsInFlight);
    }

    private static int window(Architecture architecture) {
        List<Integer> windows = architecture.units().stream()
                .filter(unit -> unit.kind() == Kind.LAYER)
                .map(ExecutionUnit::window)
                .toList();
        return windows.contains(0) ? 0 : Collections.max(windows);
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
        if (rows >= 0) {
            throw new IllegalStateException("a step is under way");
        }
        try (PtNDManager step = (PtNDManager) torch.manager().newSubManager()) {
            PtNDArray results = results(input, step);
            if (limits.encodes()) {
                float[] vectors = results.toFloatArray();
                System.arraycopy(vectors, 0, last.vectors, 0, vectors.length);
                for (int row = 0; row < input.rows(); row++) {
                    last.failed[row] = !Float.isFinite(vectors[row * limits.vectorWidth()]);
                }
            } else {
                choice.choose(input, results, last);
            }
        }
        rows = input.rows();
    }

    /** Float32 logits [choosing rows, vocabulary], or vectors [rows, width]; the cache is written. */
    PtNDArray results(StepInput input, PtNDManager step) {
        Torch.useOnThisThread();
        for (int i = 0; i < input.tokenCount(); i++) {
            int token = input.tokens[i];
            tokens[i] = token < 0 ? last.ids[StepInput.chosenBy(token)] : token;
        }
        if (limits.pages() > 0) {
            choice.wrote(input, tokens);
        }
        StepTensors tensors = packing.pack(input, tokens, step);
        return program.run(new Program.Batch(step, tokens, input.tokenCount(), tensors));
    }

    @Override
    public void await(StepOutput output) {
        if (rows < 0) {
            throw new IllegalStateException("no step is under way");
        }
        System.arraycopy(last.ids, 0, output.ids, 0, rows);
        System.arraycopy(last.failed, 0, output.failed, 0, rows);
        System.arraycopy(last.logprobs, 0, output.logprobs, 0, rows);
        System.arraycopy(last.topIds, 0, output.topIds, 0, rows * StepOutput.MAX_LOGPROBS);
        System.arraycopy(last.topLogprobs, 0, output.topLogprobs, 0, rows * StepOutput.MAX_LOGPROBS);
        System.arraycopy(last.vectors, 0, output.vectors, 0, rows * limits.vectorWidth());
        rows = -1;
    }

    @Override
    public void firstStep() {
        run(1, 1);
    }

    @Override
    public void warmUp() {
        run(1, Math.min(limits.maxBatchedTokens(), limits.maxSequenceTokens()));
        if (!limits.encodes()) {
            run(limits.maxSequences(), 1);
        }
    }

    /** The last tokens of sequences that are as long as they may be; pages are shared where there are too few. */
    private void run(int sequences, int tokensOfEach) {
        StepInput input = new StepInput(limits);
        BlockTable table = new BlockTable();
        int end = limits.encodes() ? tokensOfEach : limits.maxSequenceTokens();
        int[] ids = new int[end];
        SamplingParameters sampled = new SamplingParameters(1, 20, 0.9f, 0, 1, 0, 1, Map.of(), 0, 1);
        if (!limits.encodes() && !cache.extend(table, end)) {
            throw new IllegalStateException("fewer pages than one sequence needs");
        }
        for (int i = 0; i < sequences; i++) {
            if (tokensOfEach == 1 && !limits.encodes()) {
                input.decode(0, end - 1, table, sampled, end - 1);
            } else {
                input.prompt(ids, end - tokensOfEach, end, table, true, sampled, end);
            }
        }
        step(input, new StepOutput(limits));
        cache.release(table);
        Arrays.fill(last.ids, 0);
    }

    @Override
    public void close() {
        program.close();
    }
}
