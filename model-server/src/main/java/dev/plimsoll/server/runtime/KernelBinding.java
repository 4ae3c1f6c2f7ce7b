package dev.plimsoll.server.runtime;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.DecoderShape;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import dev.plimsoll.server.cuda.CublasLt;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaModule;
import dev.plimsoll.server.cuda.Nvrtc;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.StartingEngine;
import dev.plimsoll.server.placement.ElementType;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import dev.plimsoll.server.runtime.ModelTensors.UnitTensors;
import dev.plimsoll.server.runtime.kernels.DenseShape;
import dev.plimsoll.server.runtime.kernels.DenseShape.Activation;
import dev.plimsoll.server.runtime.kernels.DenseWeights;
import dev.plimsoll.server.runtime.kernels.KernelEngine;
import dev.plimsoll.server.runtime.kernels.KernelImage;
import dev.plimsoll.server.runtime.kernels.KernelImage.Element;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A model whose steps kernels of our own run: a decoder in the manner of Llama, in 16 bits, with its weights and its cache
 * on one GPU.
 *
 * @param shape that they serve
 * @param units on {@code device}
 */
record KernelBinding(
        DenseShape shape, EngineLimits limits, Architecture architecture, List<UnitTensors> units, CudaDevice device) {
    /** What such a decoder is made of, beside an activation. */
    private static final Set<String> PARTS = Set.of(
            "step.py",
            "layers.py",
            "linear.py",
            "rotary_decoder.py",
            "token_embedding.py",
            "rms_norm.py",
            "two_norm_layer.py",
            "logits.py",
            "paged_attention.py",
            "scores.py",
            "gated_mlp.py");

    private static final Map<String, Activation> ACTIVATIONS = Map.of(
            "silu.py", Activation.SILU,
            "gelu.py", Activation.GELU,
            "gelu_tanh.py", Activation.GELU_TANH,
            "relu.py", Activation.RELU);

    /** There are no kernels for it; the message says why. */
    static final class UnservedException extends Exception {
        private static final long serialVersionUID = 1;

        UnservedException(String reason) {
            super(reason);
        }
    }

    static KernelBinding of(Architecture architecture, PlacementPlan plan, ModelTensors tensors)
            throws UnservedException {
        DenseShape shape = shape(architecture, plan.dtype());
        List<UnitTensors> units = tensors.units();
        if (units.stream().anyMatch(UnitTensors::isStreamed)) {
            throw new UnservedException("weights are streamed while it serves");
        }
        List<TorchDevice> devices =
                units.stream().map(UnitTensors::device).distinct().toList();
        if (devices.size() != 1 || !(devices.getFirst() instanceof CudaDevice device)) {
            throw new UnservedException("it does not lie on one NVIDIA GPU");
        }
        EngineLimits limits = TorchEngine.limits(architecture, plan, KernelEngine.STEPS_IN_FLIGHT);
        DevicePlan planned = plan.devices().stream()
                .filter(on -> on.id().equals(device.id()))
                .findFirst()
                .orElseThrow();
        long bytes = KernelEngine.bytes(shape, limits);
        if (bytes > planned.budgetBytes() - planned.total() + planned.workspace()) {
            throw new UnservedException("their buffers of " + ByteSize.format(bytes) + " do not fit beside the model");
        }
        return new KernelBinding(shape, limits, architecture, units, device);
    }

    /** The shape of a decoder, without its tensors. */
    static DenseShape shape(Architecture architecture, Dtype dtype) throws UnservedException {
        Element element =
                switch (ElementType.of(dtype)) {
                    case BFLOAT16 -> Element.BFLOAT16;
                    case FLOAT16 -> Element.FLOAT16;
                    case FLOAT32 -> throw new UnservedException("there are kernels for 16 bits alone");
                };
        Set<String> parts = new HashSet<>(architecture.scripts());
        Activation activation = ACTIVATIONS.entrySet().stream()
                .filter(entry -> parts.remove(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(Activation.SILU);
        if (!parts.equals(PARTS)) {
            throw new UnservedException("there are no kernels for " + architecture.name());
        }
        DecoderShape decoder = architecture.shape();
        DenseShape shape = new DenseShape(
                element,
                decoder.hidden(),
                decoder.intermediate(),
                decoder.heads(),
                decoder.keyValueHeads(),
                decoder.headDim(),
                decoder.vocabulary(),
                architecture.units().stream()
                        .filter(unit -> unit.kind() == Kind.LAYER)
                        .map(ExecutionUnit::window)
                        .toList(),
                (double) Objects.requireNonNull(architecture.settings().get("scale")),
                (double) Objects.requireNonNull(architecture.settings().get("norm_eps")),
                activation);
        var refusal = shape.refusal();
        if (refusal.isPresent()) {
            throw new UnservedException(refusal.get());
        }
        return shape;
    }

    /**
     * Makes the engine.
     *
     * @throws UnservedException when there are no kernels for this GPU
     */
    StartingEngine bind() throws UnservedException {
        CudaContext context = device.context();
        Path cublas = NativeLibraries.cuda("libcublasLt.so.*")
                .orElseThrow(() -> new UnservedException("there is no cuBLAS beside libtorch"));
        byte[] image = KernelImage.built(shape.type(), context.computeCapability())
                .or(() -> NativeLibraries.cuda("libnvrtc.so.*")
                        .flatMap(file -> Nvrtc.in(Objects.requireNonNull(file.getParent())))
                        .map(compiler -> KernelImage.compile(compiler, shape.type(), context.computeCapability())))
                .orElseThrow(() -> new UnservedException("there are none for this GPU, and no compiler"));
        List<UnitTensors> layers = of(Kind.LAYER);
        float[] frequencies =
                (float[]) Objects.requireNonNull(architecture.settings().get("inverse_frequencies"));
        return new KernelEngine(
                context,
                new CudaModule(context, image),
                new CublasLt(context, cublas),
                shape,
                weights(layers),
                layers.stream().map(unit -> address(unit.keys().getFirst())).toList(),
                layers.stream().map(unit -> address(unit.values().getFirst())).toList(),
                frequencies,
                limits);
    }

    private List<UnitTensors> of(Kind kind) {
        return units.stream().filter(unit -> unit.unit().kind() == kind).toList();
    }

    private static long address(DeviceTensor tensor) {
        return tensor.shape().elements() == 0 ? 0 : ((CudaTensor) tensor).address();
    }

    private DenseWeights weights(List<UnitTensors> layers) {
        return new DenseWeights(
                first(Kind.EMBEDDING),
                layers.stream().map(KernelBinding::layer).toList(),
                first(Kind.NORM),
                first(Kind.HEAD));
    }

    private long first(Kind kind) {
        return address(of(kind).getFirst().weights().getFirst());
    }

    private static DenseWeights.Layer layer(UnitTensors unit) {
        Map<String, Long> roles = new HashMap<>();
        for (int i = 0; i < unit.weights().size(); i++) {
            roles.put(
                    unit.unit().weights().get(i).role(), address(unit.weights().get(i)));
        }
        return new DenseWeights.Layer(
                weight(roles, "input_layernorm"),
                weight(roles, "qkv_proj"),
                weight(roles, "qkv_bias"),
                weight(roles, "q_norm"),
                weight(roles, "k_norm"),
                weight(roles, "o_proj"),
                weight(roles, "o_bias"),
                weight(roles, "post_attention_layernorm"),
                weight(roles, "gate_up_proj"),
                weight(roles, "gate_up_bias"),
                weight(roles, "down_proj"),
                weight(roles, "down_bias"));
    }

    private static long weight(Map<String, Long> roles, String role) {
        return Objects.requireNonNull(roles.get(role), role);
    }
}
