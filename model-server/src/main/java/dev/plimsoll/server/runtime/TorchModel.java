package dev.plimsoll.server.runtime;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.Architecture.Task;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.PlacementPlan;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** A model on TorchScript, each unit on the device that its plan names. */
public final class TorchModel implements SequenceModel, AutoCloseable {
    private final Torch torch;
    private final PlacementPlan plan;
    private final int vocabulary;
    private final boolean encodes;
    private final Program program;

    /**
     * Binds loaded tensors.
     *
     * @param source the checkpoint's files, for what is streamed from them
     * @param staging of all streams together
     */
    public TorchModel(
            Torch torch,
            Architecture architecture,
            PlacementPlan plan,
            ModelTensors tensors,
            TensorSource source,
            Staging staging) {
        this.torch = torch;
        this.plan = plan;
        this.vocabulary = architecture.shape().vocabulary();
        this.encodes = architecture.task() == Task.EMBED;
        this.program = new Program(torch, architecture, tensors.units(), source, staging);
    }

    @Override
    public int slots() {
        return plan.maxSequences();
    }

    @Override
    public int slotTokens() {
        return plan.maxSequenceTokens();
    }

    @Override
    public int maxRunTokens() {
        return plan.prefillChunkTokens();
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public List<Output> step(List<Run> runs) {
        Torch.useOnThisThread();
        int tokens = runs.stream().mapToInt(run -> run.tokens().length).sum();
        if (tokens > Math.max(maxRunTokens(), slots())) {
            throw new IllegalArgumentException("a step of " + tokens + " tokens: the plan has no workspace for it");
        }
        LongBuffer ids = LongBuffer.allocate(tokens);
        LongBuffer positions = LongBuffer.allocate(tokens);
        LongBuffer lastRows = LongBuffer.allocate(runs.size());
        long[] flat = new long[3 * runs.size()];
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            check(run);
            flat[3 * i] = run.slot();
            flat[3 * i + 1] = run.position();
            flat[3 * i + 2] = run.tokens().length;
            for (int t = 0; t < run.tokens().length; t++) {
                ids.put(run.tokens()[t]);
                positions.put((long) run.position() + t);
            }
            lastRows.put((long) ids.position() - 1);
        }
        try (PtNDManager step = (PtNDManager) torch.manager().newSubManager()) {
            Program.Rows rows = new Program.Rows(tensor(step, positions), tensor(step, lastRows));
            Program.Batch batch = new Program.Batch(
                    step, ids.array(), tensor(step, ids), flat, new HashMap<>(Map.of(Program.HOST, rows)));
            return outputs(runs, step, program.run(batch));
        }
    }

    /**
     * Chooses on the device: of a vocabulary's logits, only those that are wanted go to the host. What is asked of every
     * step also waits for its end.
     */
    private List<Output> outputs(List<Run> runs, PtNDManager step, PtNDArray results) {
        long[] best = torch.tensors().tensor(step, "best", results).toLongArray();
        long[] rows = IntStream.range(0, runs.size())
                .filter(i -> runs.get(i).wanted() == Wanted.VALUES)
                .asLongStream()
                .toArray();
        float[] values = rows.length > 0
                ? torch.tensors().tensor(step, "rows", results, rows).toFloatArray()
                : new float[0];
        int width = values.length / Math.max(1, rows.length);
        List<Output> outputs = new ArrayList<>();
        int taken = 0;
        for (int i = 0; i < runs.size(); i++) {
            outputs.add(
                    switch (runs.get(i).wanted()) {
                        case NOTHING -> new Output(-1, new float[0]);
                        case TOKEN -> new Output(Math.toIntExact(best[i]), new float[0]);
                        case VALUES -> new Output(-1, Arrays.copyOfRange(values, taken, taken += width));
                    });
        }
        return outputs;
    }

    /** Runs the smallest step, so that what is made only once is there. */
    public void firstStep() {
        step(List.of(new Run(0, 0, new int[1], Wanted.VALUES)));
    }

    /**
     * Runs the largest steps that the plan allows, so that every buffer that a step needs has been made once.
     */
    public void warmUp() {
        List<Run> decode = new ArrayList<>();
        for (int slot = 0; slot < slots(); slot++) {
            decode.add(new Run(slot, encodes ? 0 : slotTokens() - 1, new int[1], Wanted.VALUES));
        }
        step(List.of(new Run(0, slotTokens() - maxRunTokens(), new int[maxRunTokens()], Wanted.TOKEN)));
        step(decode);
    }

    private void check(Run run) {
        Objects.checkIndex(run.slot(), slots());
        Objects.checkFromIndexSize(run.position(), run.tokens().length, slotTokens());
        if (run.tokens().length < 1 || run.tokens().length > maxRunTokens()) {
            throw new IllegalArgumentException("a run of " + run.tokens().length + " tokens");
        }
        if (encodes && run.position() > 0) {
            throw new IllegalArgumentException("an input in parts, of which one begins at " + run.position());
        }
        for (int token : run.tokens()) {
            Objects.checkIndex(token, vocabulary);
        }
    }

    private static PtNDArray tensor(PtNDManager manager, LongBuffer values) {
        values.flip();
        return manager.create(values, new Shape(values.limit()), DataType.INT64);
    }

    @Override
    public void close() {
        program.close();
    }
}
