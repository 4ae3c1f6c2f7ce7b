package dev.plimsoll.server.runtime.execution;

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
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.StartingEngine;
import dev.plimsoll.server.placement.KernelMemory.LargestStep;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.runtime.devices.CudaDevice;
import dev.plimsoll.server.runtime.devices.TorchDevice;
import dev.plimsoll.server.runtime.kernels.DenseShape;
import dev.plimsoll.server.runtime.kernels.DenseShape.Activation;
import dev.plimsoll.server.runtime.kernels.DenseWeights;
import dev.plimsoll.server.runtime.kernels.KernelEngine;
import dev.plimsoll.server.runtime.kernels.KernelImage;
import dev.plimsoll.server.runtime.kernels.KernelImage.Element;
import dev.plimsoll.server.runtime.torch.CudaTensor;
import dev.plimsoll.server.runtime.torch.NativeLibraries;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * A model whose steps kernels of our own run: a decoder in the manner of Llama, in 16 bits, with its weights and its cache
 * on one GPU.
 *
 * @param shape that they serve
 * @param units on {@code device}
 */
record KernelBinding(
        DenseShape shape, EngineLimits limits, Architecture architecture, List<UnitTensors> units, CudaDevice device) {
    private static final Logger LOG = Logger.getLogger(KernelBinding.class);

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
        if (plan.kernelChunkTokens() == 0) {
            throw new UnservedException("their buffers do not fit beside the model");
        }
        EngineLimits limits =
                TorchEngine.limits(architecture, plan, plan.kernelChunkTokens(), KernelEngine.STEPS_IN_FLIGHT);
        return new KernelBinding(shape, limits, architecture, units, device);
    }

    /** What the engine allocates on its GPU beside weights and KV cache; empty where there are no kernels. */
    static OptionalLong bytes(Architecture architecture, Dtype dtype, LargestStep step) {
        try {
            EngineLimits limits = new EngineLimits(
                    step.sequences(),
                    step.sequenceTokens(),
                    step.batchedTokens(),
                    step.pages(),
                    architecture.shape().vocabulary(),
                    0,
                    0,
                    KernelEngine.STEPS_IN_FLIGHT);
            return OptionalLong.of(KernelEngine.bytes(shape(architecture, dtype), limits));
        } catch (UnservedException e) {
            return OptionalLong.empty();
        }
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
        byte[] image = image(shape.type(), context.computeCapability(), () -> NativeLibraries.cuda("libnvrtc.so.*")
                .flatMap(file -> Nvrtc.in(Objects.requireNonNull(file.getParent()))));
        List<UnitTensors> layers = of(Kind.LAYER);
        float[] frequencies =
                (float[]) Objects.requireNonNull(architecture.settings().get("inverse_frequencies"));
        return new KernelEngine(
                context,
                loaded("the driver does not load them", () -> new CudaModule(context, image)),
                loaded("cuBLAS does not start", () -> new CublasLt(context, cublas)),
                shape,
                weights(layers),
                layers.stream().map(unit -> address(unit.keys().getFirst())).toList(),
                layers.stream().map(unit -> address(unit.values().getFirst())).toList(),
                frequencies,
                limits);
    }

    /**
     * Compiled kernels for a GPU: the build's, or those that a compiler makes now.
     *
     * @throws UnservedException when there are none
     */
    static byte[] image(Element type, int capability, Supplier<Optional<Nvrtc>> compiler) throws UnservedException {
        String gpu = "compute capability " + capability / 10 + "." + capability % 10;
        if (capability < KernelImage.LEAST_CAPABILITY) {
            throw new UnservedException("there are none for " + gpu);
        }
        Optional<byte[]> built = KernelImage.built(type, capability);
        if (built.isPresent()) {
            return built.get();
        }
        Nvrtc nvrtc = compiler.get()
                .orElseThrow(() -> new UnservedException("none are built for " + gpu + ", and there is no NVRTC"));
        return loaded("NVRTC does not compile them for " + gpu, () -> KernelImage.compile(nvrtc, type, capability));
    }

    private static <T> T loaded(String otherwise, Supplier<T> made) throws UnservedException {
        try {
            return made.get();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn(otherwise, e);
            throw new UnservedException(otherwise);
        }
    }

    private List<UnitTensors> of(Kind kind) {
        return units.stream().filter(unit -> unit.is(kind)).toList();
    }

    private static long address(DeviceTensor tensor) {
        return tensor.shape().elements() == 0 ? 0 : ((CudaTensor) tensor).address();
    }

    private DenseWeights weights(List<UnitTensors> layers) {
        return new DenseWeights(
                address(of(Kind.EMBEDDING).getFirst(), "embed_tokens"),
                layers.stream().map(KernelBinding::layer).toList(),
                address(of(Kind.NORM).getFirst(), "norm"),
                address(of(Kind.HEAD).getFirst(), "lm_head"));
    }

    private static DenseWeights.Layer layer(UnitTensors unit) {
        return new DenseWeights.Layer(
                address(unit, "input_layernorm"),
                address(unit, "qkv_proj"),
                address(unit, "qkv_bias"),
                address(unit, "q_norm"),
                address(unit, "k_norm"),
                address(unit, "o_proj"),
                address(unit, "o_bias"),
                address(unit, "post_attention_layernorm"),
                address(unit, "gate_up_proj"),
                address(unit, "gate_up_bias"),
                address(unit, "down_proj"),
                address(unit, "down_bias"));
    }

    private static long address(UnitTensors unit, String role) {
        return address(unit.weight(role));
    }
}
