package dev.plimsoll.server.runtime;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.runtime.ModelTensors.UnitTensors;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model on TorchScript, split into stages wherever its plan changes devices. */
public final class TorchModel implements SequenceModel, AutoCloseable {
    private final Torch torch;
    private final PlacementPlan plan;
    private final int vocabulary;
    private final List<Stage> stages = new ArrayList<>();

    /** Binds loaded tensors. */
    public TorchModel(Torch torch, Architecture architecture, PlacementPlan plan, ModelTensors tensors) {
        this.torch = torch;
        this.plan = plan;
        this.vocabulary = architecture.shape().vocabulary();
        List<UnitTensors> run = new ArrayList<>();
        @Nullable DeviceId device = null;
        for (UnitTensors unit : tensors.units()) {
            if (!run.isEmpty() && !unit.device().id().equals(device)) {
                stages.add(new Stage(torch, architecture, List.copyOf(run)));
                run.clear();
            }
            device = unit.device().id();
            run.add(unit);
        }
        stages.add(new Stage(torch, architecture, run));
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
    public float[][] step(List<Run> runs) {
        Torch.useOnThisThread();
        int tokens = runs.stream().mapToInt(run -> run.tokens().length).sum();
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
            PtNDArray x = tensor(step, ids);
            PtNDArray at = tensor(step, positions);
            for (Stage stage : stages) {
                x = stage.decode(step, x, at, flat);
            }
            x = torch.tensors().tensor(step, "select", x, tensor(step, lastRows));
            for (Stage stage : stages) {
                x = stage.finish(step, x);
            }
            return rows(x.toFloatArray(), runs.size());
        }
    }

    /**
     * Runs the largest steps that the plan allows, so that every buffer that a step needs has been made once.
     */
    public void warmUp() {
        List<Run> decode = new ArrayList<>();
        for (int slot = 0; slot < slots(); slot++) {
            decode.add(new Run(slot, slotTokens() - 1, new int[1]));
        }
        step(List.of(new Run(0, slotTokens() - maxRunTokens(), new int[maxRunTokens()])));
        step(decode);
    }

    private void check(Run run) {
        Objects.checkIndex(run.slot(), slots());
        Objects.checkFromIndexSize(run.position(), run.tokens().length, slotTokens());
        if (run.tokens().length < 1 || run.tokens().length > maxRunTokens()) {
            throw new IllegalArgumentException("a run of " + run.tokens().length + " tokens");
        }
        for (int token : run.tokens()) {
            Objects.checkIndex(token, vocabulary);
        }
    }

    private float[][] rows(float[] logits, int count) {
        float[][] rows = new float[count][vocabulary];
        for (int i = 0; i < count; i++) {
            System.arraycopy(logits, i * vocabulary, rows[i], 0, vocabulary);
        }
        return rows;
    }

    private static PtNDArray tensor(PtNDManager manager, LongBuffer values) {
        values.flip();
        return manager.create(values, new Shape(values.limit()), DataType.INT64);
    }

    @Override
    public void close() {
        stages.forEach(Stage::close);
    }
}
