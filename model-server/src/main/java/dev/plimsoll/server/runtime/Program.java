package dev.plimsoll.server.runtime;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.runtime.ModelTensors.UnitTensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private String place = HOST;

    /**
     * The inputs of a step.
     *
     * @param tokens ids in host memory
     * @param ids [tokens]
     * @param runs slot, position and length of each run, flat
     * @param rows by device; those of the host are there from the beginning
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Batch(PtNDManager manager, long[] tokens, PtNDArray ids, long[] runs, Map<String, Rows> rows) {}

    /**
     * What a step's rows are, on one device.
     *
     * @param positions [tokens]
     * @param last [runs], the last row of each
     */
    record Rows(PtNDArray positions, PtNDArray last) {}

    /** A part of a step; the ids go in, the logits come out. */
    private interface Action {
        PtNDArray run(Batch batch, PtNDArray x);
    }

    Program(Torch torch, Architecture architecture, List<UnitTensors> units, TensorSource source, Staging staging) {
        this.torch = torch;
        this.architecture = architecture;
        Map<DeviceId, List<UnitTensors>> byDevice = new LinkedHashMap<>();
        units.forEach(unit -> byDevice.computeIfAbsent(unit.device().id(), id -> new ArrayList<>())
                .add(unit));
        byDevice.forEach((device, here) -> stages.put(device, new Stage(torch, architecture, here)));
        stream(byDevice, source, staging);
        for (int i = 0; i < units.size(); i++) {
            UnitTensors unit = units.get(i);
            switch (unit.unit().kind()) {
                case EMBEDDING -> embed(unit, source, staging);
                case POSITIONS -> {
                    Stage stage = stage(unit);
                    add(unit, (batch, x) -> stage.addPositions(batch.manager, x, rows(batch, stage).positions));
                }
                case LAYER -> i += layers(units, i) - 1;
                case NORM -> {
                    Stage stage = stage(unit);
                    add(
                            unit,
                            (batch, x) -> stage.normalize(
                                    batch.manager,
                                    torch.tensors().tensor(batch.manager, "select", x, rows(batch, stage).last)));
                }
                case HEAD -> head(unit);
            }
        }
        if (architecture.task() == Architecture.Task.EMBED) {
            actions.add((batch, x) -> torch.tensors().tensor(batch.manager, "pool", x, batch.runs));
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

    private Rows rows(Batch batch, Stage stage) {
        Rows here = Objects.requireNonNull(batch.rows.get(HOST));
        return batch.rows.computeIfAbsent(
                stage.torchName(), name -> new Rows(on(batch, here.positions, name), on(batch, here.last, name)));
    }

    /** Float32 logits [runs, vocabulary], or pooled hidden states [runs, hidden], on the device that made them. */
    PtNDArray run(Batch batch) {
        PtNDArray x = batch.ids;
        for (Action action : actions) {
            x = action.run(batch, x);
        }
        return x;
    }

    /** One stream for each device that runs what lives elsewhere; they share the staging. */
    private void stream(Map<DeviceId, List<UnitTensors>> byDevice, TensorSource source, Staging staging) {
        byDevice.forEach((device, here) -> {
            List<Consumer<Copier>> fillings = here.stream()
                    .filter(unit -> unit.unit().kind() != Kind.EMBEDDING)
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
            moveTo(stage.torchName());
            actions.add((batch, x) -> stage.embed(batch.manager, x, rows(batch, stage).positions));
            return;
        }
        Device device = unit.device();
        RowLookup lookup =
                new RowLookup(source, unit.pieces().getFirst().reads().getFirst(), device, staging);
        others.add(lookup);
        actions.add((batch, x) -> {
            lookup.read(batch.tokens);
            PtNDArray rows = (PtNDArray)
                    batch.manager.arange(batch.tokens.length).toType(ai.djl.ndarray.types.DataType.INT64, false);
            return stage.embed(batch.manager, on(batch, rows, stage.torchName()), rows(batch, stage).positions);
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
        add(
                layer,
                (batch, x) ->
                        stage.decode(batch.manager, x, rows(batch, stage).positions, batch.runs, layer, together));
        return count;
    }

    private static boolean isNextOf(UnitTensors layer, UnitTensors next) {
        return next.unit().kind() == Kind.LAYER
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
            UnitTensors slice =
                    new UnitTensors(unit.unit(), unit.device(), piece.tensors(), List.of(), List.of(), List.of(piece));
            Stage stage = new Stage(torch, architecture, List.of(slice));
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
