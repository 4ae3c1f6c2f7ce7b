package dev.plimsoll.server.runtime.execution;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.runtime.torch.Torch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a step does, in order: each unit on its device; layers that lie on one device in one call; before a streamed one,
 * wait for its weights; after it, let the next come.
 */
final class Program implements AutoCloseable {
    /** libtorch's name for where the inputs come from and the outputs go to. */
    static final String HOST = "cpu";

    private final Torch torch;
    private final Architecture architecture;
    private final Map<DeviceId, Stage> stages = new LinkedHashMap<>();
    private final Map<DeviceId, WeightStream> streams = new LinkedHashMap<>();
    private final List<AutoCloseable> others = new ArrayList<>();
    private final List<Action> actions = new ArrayList<>();
    private final Set<Stage> prepared = new HashSet<>();
    private final boolean runsOnCuda;
    private boolean looksUp;
    private String place = HOST;

    /**
     * The inputs of a step.
     *
     * @param tokens ids in host memory; the first {@code count} of them
     * @param host what stages are told, in host memory
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Batch(PtNDManager manager, int[] tokens, int count, StepTensors host) {}

    /** A part of a step; the first one takes nothing, the last one gives logits or vectors. */
    private interface Action {
        PtNDArray run(Batch batch, PtNDArray x);
    }

    Program(Torch torch, Architecture architecture, List<UnitTensors> units, TensorSource source, Staging staging) {
        this.torch = torch;
        this.architecture = architecture;
        Map<DeviceId, List<UnitTensors>> byDevice = new LinkedHashMap<>();
        units.forEach(unit -> byDevice.computeIfAbsent(unit.device().id(), id -> new ArrayList<>())
                .add(unit));
        this.runsOnCuda = byDevice.values().stream()
                .anyMatch(here -> !here.getFirst().device().torchName().equals(HOST));
        byDevice.forEach((device, here) -> stages.put(device, new Stage(torch, architecture, here, runsOnCuda)));
        stream(byDevice, source, staging);
        for (int i = 0; i < units.size(); i++) {
            UnitTensors unit = units.get(i);
            switch (unit.unit().kind()) {
                case EMBEDDING -> embed(unit, source, staging);
                case POSITIONS -> {
                    Stage stage = stage(unit);
                    add(unit, (batch, x) -> stage.addPositions(batch.manager, x));
                }
                case LAYER -> i += layers(units, i) - 1;
                case NORM -> {
                    Stage stage = stage(unit);
                    add(unit, (batch, x) -> stage.normalize(batch.manager, x));
                }
                case HEAD -> head(unit);
            }
        }
        if (architecture.task() == Architecture.Task.EMBED) {
            Stage stage = stage(units.getLast());
            actions.add((batch, x) -> stage.pool(batch.manager, x));
        }
    }

    /** Lets what an action gives be where the next one needs it. */
    private void moveTo(String name) {
        if (!name.equals(place)) {
            actions.add((batch, x) -> on(batch, x, name));
            place = name;
        }
    }

    private PtNDArray on(Batch batch, PtNDArray x, String name) {
        return torch.tensors().tensor(batch.manager, "on", x, name);
    }

    /** Float32 logits [chosen rows, vocabulary], or pooled hidden states [spans, hidden], where they were made. */
    PtNDArray run(Batch batch) {
        for (Stage stage : stages.values()) {
            StepTensors told = batch.host;
            stage.begin(stage.torchName().equals(HOST) ? told : told.on(on(batch, told.packed(), stage.torchName())));
        }
        PtNDArray x = batch.host.packed();
        for (Action action : actions) {
            x = action.run(batch, x);
        }
        return x;
    }

    /** Whether some unit runs on a real GPU. */
    boolean runsOnCuda() {
        return runsOnCuda;
    }

    /** Whether rows of the embedding are read from the checkpoint's files in every step. */
    boolean looksUp() {
        return looksUp;
    }

    /** One stream for each device that runs what lives elsewhere; they share the staging. */
    private void stream(Map<DeviceId, List<UnitTensors>> byDevice, TensorSource source, Staging staging) {
        byDevice.forEach((device, here) -> {
            List<Consumer<Copier>> fillings = here.stream()
                    .filter(unit -> !unit.is(Kind.EMBEDDING))
                    .flatMap(unit -> unit.pieces().stream())
                    .map(piece -> piece.filling(source, staging.bufferBytes()))
                    .toList();
            if (!fillings.isEmpty()) {
                streams.put(device, new WeightStream(here.getFirst().device(), fillings, staging));
            }
        });
    }

    private Stage stage(UnitTensors unit) {
        return Objects.requireNonNull(stages.get(unit.device().id()));
    }

    private void embed(UnitTensors unit, TensorSource source, Staging staging) {
        Stage stage = stage(unit);
        if (!unit.isStreamed()) {
            actions.add((batch, x) -> stage.embed(batch.manager));
            place = stage.torchName();
            return;
        }
        Device device = unit.device();
        RowLookup lookup =
                new RowLookup(source, unit.pieces().getFirst().reads().getFirst(), device, staging);
        others.add(lookup);
        looksUp = true;
        actions.add((batch, x) -> {
            lookup.read(batch.tokens, batch.count);
            return stage.embed(batch.manager);
        });
        place = stage.torchName();
    }

    /** Those layers from {@code first} on that can run in one call; returns how many. */
    private int layers(List<UnitTensors> units, int first) {
        UnitTensors layer = units.get(first);
        int count = 1;
        while (!layer.isStreamed() && first + count < units.size() && isNextOf(layer, units.get(first + count))) {
            count++;
        }
        int together = count;
        Stage stage = stage(layer);
        boolean begins = prepared.add(stage);
        boolean ends = units.subList(first + count, units.size()).stream()
                .noneMatch(unit -> unit.is(Kind.LAYER)
                        && unit.device().id().equals(layer.device().id()));
        add(layer, (batch, x) -> {
            if (begins) {
                stage.prepare(x);
            }
            PtNDArray y = stage.decode(batch.manager, x, layer, together);
            if (ends) {
                stage.endAttention();
            }
            return y;
        });
        return count;
    }

    private static boolean isNextOf(UnitTensors layer, UnitTensors next) {
        return next.is(Kind.LAYER)
                && !next.isStreamed()
                && next.device().id().equals(layer.device().id());
    }

    private void head(UnitTensors unit) {
        moveTo(unit.device().torchName());
        if (!unit.isStreamed()) {
            Stage stage = stage(unit);
            actions.add((batch, x) -> stage.logits(batch.manager, x));
            return;
        }
        List<Action> slices = new ArrayList<>();
        for (StreamedPiece piece : unit.pieces()) {
            UnitTensors slice = unit.of(piece);
            Stage stage = new Stage(torch, architecture, List.of(slice), runsOnCuda);
            others.add(stage);
            slices.add(streamed(slice, (batch, x) -> stage.logits(batch.manager, x)));
        }
        actions.add((batch, x) -> {
            NDList logits = new NDList();
            slices.forEach(slice -> logits.add(slice.run(batch, x)));
            return (PtNDArray) NDArrays.concat(logits, 1);
        });
    }

    private void add(UnitTensors unit, Action action) {
        moveTo(unit.device().torchName());
        actions.add(unit.isStreamed() ? streamed(unit, action) : action);
    }

    private Action streamed(UnitTensors unit, Action action) {
        WeightStream stream = Objects.requireNonNull(streams.get(unit.device().id()));
        int piece = unit.pieces().getFirst().index();
        return (batch, x) -> {
            stream.await(piece);
            PtNDArray y = action.run(batch, x);
            stream.release(piece);
            return y;
        };
    }

    @Override
    public void close() {
        streams.values().forEach(WeightStream::close);
        stages.values().forEach(Stage::close);
        for (AutoCloseable other : others) {
            try {
                other.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
