package dev.plimsoll.server.runtime;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.runtime.ModelTensors.UnitTensors;
import java.nio.FloatBuffer;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The units that one device runs, bound to a TorchScript module of their own. */
final class Stage implements AutoCloseable {
    private final TorchDevice device;
    private final ScriptModule module;
    /** By identity: records of tensors are equal when their contents are, and to compare those takes long. */
    private final IdentityHashMap<UnitTensors, Integer> layers = new IdentityHashMap<>();

    /**
     * A stage.
     *
     * @param units all on one device
     */
    Stage(Torch torch, Architecture architecture, List<UnitTensors> units) {
        this.device = units.getFirst().device();
        this.module = ScriptModule.load(torch.manager(), architecture.scripts(), attributes(architecture));
        units.stream()
                .filter(unit -> unit.unit().kind() == Kind.LAYER)
                .forEach(unit -> layers.put(unit, layers.size()));
        module.run(
                "bind",
                arrays(units, Kind.EMBEDDING, UnitTensors::weights),
                arrays(units, Kind.POSITIONS, UnitTensors::weights),
                arrays(units, Kind.LAYER, UnitTensors::weights),
                arrays(units, Kind.NORM, UnitTensors::weights),
                arrays(units, Kind.HEAD, UnitTensors::weights),
                arrays(units, Kind.LAYER, UnitTensors::keys),
                arrays(units, Kind.LAYER, UnitTensors::values),
                constants(torch, architecture));
    }

    /** libtorch's name of the device that it runs on, and that its inputs must be on. */
    String torchName() {
        return device.torchName();
    }

    /** Hidden states [tokens, hidden] of token ids and positions, [tokens] each. */
    PtNDArray embed(PtNDManager manager, PtNDArray ids, PtNDArray positions) {
        return module.tensor(manager, "embed", ids, positions);
    }

    /** Hidden states with learned positions added. */
    PtNDArray addPositions(PtNDManager manager, PtNDArray x, PtNDArray positions) {
        return module.tensor(manager, "add_positions", x, positions);
    }

    /**
     * Runs layers that follow one another here.
     *
     * @param x hidden states [tokens, hidden]
     * @param positions [tokens]
     * @param runs slot, position and length of each run, flat
     */
    PtNDArray decode(PtNDManager manager, PtNDArray x, PtNDArray positions, long[] runs, UnitTensors first, int count) {
        return module.tensor(manager, "decode", x, positions, runs, Objects.requireNonNull(layers.get(first)), count);
    }

    /** What follows the last layer. */
    PtNDArray normalize(PtNDManager manager, PtNDArray x) {
        return module.tensor(manager, "normalize", x);
    }

    /** Float32 logits [rows, rows of the head] of hidden states [rows, hidden]. */
    PtNDArray logits(PtNDManager manager, PtNDArray x) {
        return module.tensor(manager, "logits", x);
    }

    private static List<PtNDArray> arrays(
            List<UnitTensors> units, Kind kind, Function<UnitTensors, List<DeviceTensor>> tensors) {
        return units.stream()
                .filter(unit -> unit.unit().kind() == kind)
                .flatMap(unit -> tensors.apply(unit).stream())
                .map(tensor -> ((TorchTensor) tensor).array())
                .toList();
    }

    private List<PtNDArray> constants(Torch torch, Architecture architecture) {
        PtNDManager manager = torch.manager();
        return new TreeMap<>(architecture.settings())
                .values().stream()
                        .filter(float[].class::isInstance)
                        .map(float[].class::cast)
                        .map(values ->
                                manager.create(FloatBuffer.wrap(values), new Shape(values.length), DataType.FLOAT32))
                        .map(values -> torch.tensors().tensor(manager, "on", values, device.torchName()))
                        .toList();
    }

    private static SequencedMap<String, Object> attributes(Architecture architecture) {
        SequencedMap<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("training", false);
        architecture.settings().forEach((name, value) -> {
            if (!(value instanceof float[])) {
                attributes.put(name, value);
            }
        });
        for (String list : List.of("embedding", "positions", "layers", "norm", "head", "keys", "values", "constants")) {
            attributes.put(list, TorchScriptArchive.Attribute.EMPTY_TENSOR_LIST);
        }
        return attributes;
    }

    @Override
    public void close() {
        module.close();
    }
}
