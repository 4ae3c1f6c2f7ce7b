package dev.plimsoll.server.architecture;

import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Decoders in the manner of Llama: an embedding, layers of an attention with rotary positions and an MLP, RMS norms, a
 * head that may be the embedding's.
 *
 * @param classes how the names of the family's classes begin, such as {@code Llama}
 * @param norms names of the norms of a layer, in order of declaration
 * @param scripts resources that hold the TorchScript methods that its parts do not bring
 * @param settings constants that its parts do not bring
 */
record RotaryDecoder(
        String classes,
        Config config,
        DecoderShape shape,
        SelfAttention attention,
        LayerPart mlp,
        List<String> norms,
        boolean tied,
        List<String> scripts,
        Map<String, Object> settings) {

    /** The norms of a layer in all families but Gemma. */
    static final List<String> TWO_NORMS = List.of("input_layernorm", "post_attention_layernorm");

    /** A decoder with two RMS norms in a layer, and nothing done to embeddings and logits. */
    RotaryDecoder(
            String classes, Config config, DecoderShape shape, SelfAttention attention, LayerPart mlp, boolean tied) {
        this(
                classes,
                config,
                shape,
                attention,
                mlp,
                TWO_NORMS,
                tied,
                List.of("token_embedding.py", "rms_norm.py", "two_norm_layer.py", "logits.py"),
                Map.of());
    }

    Architecture architecture(double normEpsilon) {
        ModuleNode embedding = ModuleNode.embedding("model.embed_tokens", shape.vocabulary(), shape.hidden());
        List<ModuleNode> layers =
                IntStream.range(0, shape.layers()).mapToObj(this::layer).toList();
        ModuleNode norm = ModuleNode.rmsNorm("model.norm", classes + "RMSNorm", shape.hidden());
        ModuleNode head = ModuleNode.head(embedding, tied);

        List<ExecutionUnit> units = new ArrayList<>();
        units.add(ModuleWeights.unit(Kind.EMBEDDING, embedding, "embed_tokens"));
        IntStream.range(0, layers.size()).forEach(i -> units.add(unit(layers.get(i), i)));
        units.add(ModuleWeights.unit(Kind.NORM, norm, "norm"));
        units.add(ModuleWeights.unit(Kind.HEAD, head, "lm_head"));

        ModuleNode root = ModuleNode.container(
                "",
                classes + "ForCausalLM",
                ModuleNode.container(
                        "model",
                        classes + "Model",
                        embedding,
                        ModuleNode.container("model.layers", "ModuleList", layers),
                        norm,
                        rotaryEmbedding()),
                head);
        return new Architecture(
                config.architecture(root.kind()),
                Architecture.Task.GENERATE,
                Stream.of(
                                Stream.of("step.py", "layers.py", "linear.py", "rotary_decoder.py"),
                                scripts.stream(),
                                attention.scripts().stream(),
                                mlp.scripts().stream())
                        .flatMap(names -> names)
                        .toList(),
                shape,
                root,
                units,
                constants(normEpsilon));
    }

    private Map<String, Object> constants(double normEpsilon) {
        Map<String, Object> constants = new HashMap<>(settings);
        constants.putAll(attention.settings());
        constants.putAll(mlp.settings());
        constants.put("norm_eps", normEpsilon);
        constants.put("inverse_frequencies", config.rope().inverseFrequencies(shape.headDim()));
        return constants;
    }

    private ModuleNode layer(int index) {
        String name = "model.layers." + index;
        List<ModuleNode> children = new ArrayList<>();
        children.add(attention.module(name, index));
        children.add(mlp.module(name, index));
        norms.forEach(norm -> children.add(ModuleNode.rmsNorm(name + "." + norm, classes + "RMSNorm", shape.hidden())));
        return ModuleNode.whole(name, classes + "DecoderLayer", children);
    }

    private ExecutionUnit unit(ModuleNode layer, int index) {
        ModuleWeights modules = new ModuleWeights(layer);
        List<Weight> weights = new ArrayList<>();
        norms.forEach(norm -> weights.add(modules.whole(norm, norm + ".weight")));
        weights.addAll(attention.weights(modules, index));
        weights.addAll(mlp.weights(modules, index));
        return new ExecutionUnit(
                Kind.LAYER, layer.name(), weights, attention.windows().get(index));
    }

    private ModuleNode rotaryEmbedding() {
        String name = "model.rotary_emb";
        long frequencies = shape.headDim() / 2;
        return ModuleNode.leaf(
                name,
                classes + "RotaryEmbedding",
                Parameter.buffer(name + ".inv_freq", frequencies),
                Parameter.buffer(name + ".original_inv_freq", frequencies));
    }
}
