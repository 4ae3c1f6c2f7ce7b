package dev.plimsoll.server.runtime.execution;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.architecture.Weight;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.runtime.devices.TorchDevice;
import dev.plimsoll.server.runtime.torch.EmptyList;
import dev.plimsoll.server.runtime.torch.ScriptModule;
import dev.plimsoll.server.runtime.torch.Torch;
import dev.plimsoll.server.runtime.torch.TorchTensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;

/** The units that one device runs, bound by the names of their weights to a TorchScript module of their own. */
final class Stage implements AutoCloseable {
    /** What {@code step.py} and the layers keep during a step. */
    private static final List<String> STEP = List.of(
            "ids",
            "positions",
            "places",
            "last",
            "fresh",
            "tables",
            "span_pages",
            "decode_masks",
            "span_masks",
            "cos",
            "sin");

    private final TorchDevice device;
    private final PtNDManager constants;
    private final ScriptModule module;
    /** By identity: records of tensors are equal when their contents are, and to compare those takes long. */
    private final IdentityHashMap<UnitTensors, Integer> layers = new IdentityHashMap<>();

    /**
     * A stage.
     *
     * @param units all on one device
     * @param pads whether every span is masked to the end of its pages, as {@link StepTensors} pads them
     */
    Stage(Torch torch, Architecture architecture, List<UnitTensors> units, boolean pads) {
        this.device = units.getFirst().device();
        this.constants = (PtNDManager) torch.manager().newSubManager();
        List<UnitTensors> ofLayers =
                units.stream().filter(unit -> unit.is(Kind.LAYER)).toList();
        ofLayers.forEach(layer -> layers.put(layer, layers.size()));
        List<Long> windows = ofLayers.stream()
                .map(layer -> (long) layer.unit().window())
                .distinct()
                .toList();

        SequencedMap<String, Object> bound = new LinkedHashMap<>();
        roles(architecture).forEach(role -> bound.put(role, new ArrayList<PtNDArray>()));
        units.forEach(unit -> bind(unit, bound));
        architecture.settings().forEach((name, value) -> {
            if (value instanceof float[] numbers) {
                bound.put(name, List.of(constant(torch, numbers)));
            }
        });
        bound.put("keys", caches(ofLayers, UnitTensors::keys));
        bound.put("values", caches(ofLayers, UnitTensors::values));
        bound.put("windows", windows.stream().mapToLong(Long::longValue).toArray());
        bound.put(
                "window_of_layer",
                ofLayers.stream()
                        .mapToLong(layer -> windows.indexOf((long) layer.unit().window()))
                        .toArray());
        this.module = ScriptModule.load(
                torch.manager(),
                architecture.scripts(),
                attributes(architecture, bound, pads),
                List.copyOf(bound.sequencedKeySet()));
        module.run("bind", bound.values().toArray());
    }

    private static List<String> roles(Architecture architecture) {
        return architecture.units().stream()
                .flatMap(unit -> unit.weights().stream())
                .map(Weight::role)
                .distinct()
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static void bind(UnitTensors unit, Map<String, Object> bound) {
        unit.weights().forEach((role, tensor) -> ((List<PtNDArray>) Objects.requireNonNull(bound.get(role)))
                .add(((TorchTensor) tensor).array()));
    }

    private static List<PtNDArray> caches(List<UnitTensors> layers, Function<UnitTensors, List<DeviceTensor>> tensors) {
        return layers.stream()
                .flatMap(layer -> tensors.apply(layer).stream())
                .map(tensor -> ((TorchTensor) tensor).array())
                .toList();
    }

    /** On the host, the tensor is the buffer itself. */
    private PtNDArray constant(Torch torch, float[] values) {
        PtNDArray host = constants.create(FloatBuffer.wrap(values), new Shape(values.length), DataType.FLOAT32);
        return torch.tensors().tensor(constants, "on", host, device.torchName());
    }

    private static SequencedMap<String, Object> attributes(
            Architecture architecture, SequencedMap<String, Object> bound, boolean pads) {
        SequencedMap<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("training", false);
        attributes.put("pads", pads);
        attributes.put("least_position", 0L);
        attributes.put("spans", EmptyList.OF_INTS);
        STEP.forEach(list -> attributes.put(list, EmptyList.OF_TENSORS));
        bound.forEach((name, value) ->
                attributes.put(name, value instanceof long[] ? EmptyList.OF_INTS : EmptyList.OF_TENSORS));
        architecture.settings().forEach((name, value) -> {
            if (!(value instanceof float[])) {
                attributes.put(name, value);
            }
        });
        return attributes;
    }

    /** libtorch's name of the device that it runs on. */
    String torchName() {
        return device.torchName();
    }

    /** Tells what the tokens and rows of the step are that follows. */
    void begin(StepTensors step) {
        module.run("begin", step.packed(), step.layout(), step.spans(), step.leastPosition());
    }

    /** Hidden states [tokens, hidden] of the step's tokens. */
    PtNDArray embed(PtNDManager manager) {
        return module.tensor(manager, "embed");
    }

    /** Hidden states with learned positions added. */
    PtNDArray addPositions(PtNDManager manager, PtNDArray x) {
        return module.tensor(manager, "add_positions", x);
    }

    /** Makes what all layers of a step share; {@code x} is what the first one takes. */
    void prepare(PtNDArray x) {
        module.run("prepare", x);
    }

    /** Drops what layers share, behind the last one. */
    void endAttention() {
        module.run("end_attention");
    }

    /**
     * Runs layers that follow one another here.
     *
     * @param x hidden states [tokens, hidden]
     */
    PtNDArray decode(PtNDManager manager, PtNDArray x, UnitTensors first, int count) {
        return module.tensor(manager, "decode", x, Objects.requireNonNull(layers.get(first)), count);
    }

    /** What follows the last layer, of the rows that a token is chosen for. */
    PtNDArray normalize(PtNDManager manager, PtNDArray x) {
        return module.tensor(manager, "normalize", x);
    }

    /** Float32 logits [rows, rows of the head] of hidden states [rows, hidden]. */
    PtNDArray logits(PtNDManager manager, PtNDArray x) {
        return module.tensor(manager, "logits", x);
    }

    /** Float32 vectors [spans, hidden] of hidden states [tokens, hidden]. */
    PtNDArray pool(PtNDManager manager, PtNDArray x) {
        return module.tensor(manager, "pool", x);
    }

    @Override
    public void close() {
        module.close();
        constants.close();
    }
}
