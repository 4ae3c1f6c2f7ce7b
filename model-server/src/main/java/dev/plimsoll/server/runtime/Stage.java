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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Consecutive units on one device, bound to a TorchScript module of their own. */
final class Stage implements AutoCloseable {
    private final ScriptModule module;
    private final boolean embeds;
    private final int layers;
    private final boolean norms;
    private final boolean heads;

    Stage(Torch torch, Architecture architecture, List<UnitTensors> units) {
        this.module = ScriptModule.load(torch.manager(), architecture.scripts(), attributes(architecture));
        this.embeds = holds(units, Kind.EMBEDDING);
        this.layers = (int)
                units.stream().filter(unit -> unit.unit().kind() == Kind.LAYER).count();
        this.norms = holds(units, Kind.NORM);
        this.heads = holds(units, Kind.HEAD);
        module.run(
                "bind",
                arrays(units, Kind.EMBEDDING, UnitTensors::weights),
                arrays(units, Kind.POSITIONS, UnitTensors::weights),
                arrays(units, Kind.LAYER, UnitTensors::weights),
                arrays(units, Kind.NORM, UnitTensors::weights),
                arrays(units, Kind.HEAD, UnitTensors::weights),
                arrays(units, Kind.LAYER, UnitTensors::keys),
                arrays(units, Kind.LAYER, UnitTensors::values),
                constants(torch.manager(), architecture));
    }

    /**
     * Runs the units of this stage that come before the head.
     *
     * @param x token ids [tokens] for a stage that embeds, else hidden states [tokens, hidden]
     * @param positions [tokens]
     * @param runs slot, position and length of each run, flat
     */
    PtNDArray decode(PtNDManager manager, PtNDArray x, PtNDArray positions, long[] runs) {
        PtNDArray hidden = embeds ? module.tensor(manager, "embed", x) : x;
        return layers > 0 ? module.tensor(manager, "decode", hidden, positions, runs, 0, layers) : hidden;
    }

    /**
     * Runs the units of this stage that follow the last layer.
     *
     * @param x hidden states [rows, hidden]
     * @return hidden states, or float32 logits [rows, vocabulary] when the head is here
     */
    PtNDArray finish(PtNDManager manager, PtNDArray x) {
        PtNDArray hidden = norms ? module.tensor(manager, "normalize", x) : x;
        return heads ? module.tensor(manager, "logits", hidden) : hidden;
    }

    private static boolean holds(List<UnitTensors> units, Kind kind) {
        return units.stream().anyMatch(unit -> unit.unit().kind() == kind);
    }

    private static List<PtNDArray> arrays(
            List<UnitTensors> units, Kind kind, Function<UnitTensors, List<DeviceTensor>> tensors) {
        return units.stream()
                .filter(unit -> unit.unit().kind() == kind)
                .flatMap(unit -> tensors.apply(unit).stream())
                .map(tensor -> ((TorchTensor) tensor).array())
                .toList();
    }

    private static List<PtNDArray> constants(PtNDManager manager, Architecture architecture) {
        return new TreeMap<>(architecture.settings())
                .values().stream()
                        .filter(float[].class::isInstance)
                        .map(float[].class::cast)
                        .map(values ->
                                manager.create(FloatBuffer.wrap(values), new Shape(values.length), DataType.FLOAT32))
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
