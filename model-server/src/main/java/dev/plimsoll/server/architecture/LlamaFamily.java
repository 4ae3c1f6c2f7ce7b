package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.architecture.ExecutionUnit.Part;
import dev.plimsoll.server.architecture.ExecutionUnit.WeightTensor;
import dev.plimsoll.server.checkpoint.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Llama: RMS norms, rotary positions, grouped-query attention, gated SiLU MLP.
 *
 * @see <a
 *     href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/llama/modeling_llama.py">the
 *     reference</a>
 */
final class LlamaFamily implements ModelFamily {
    @Override
    public Set<String> modelTypes() {
        return Set.of("llama");
    }

    @Override
    public Architecture describe(JsonNode json) {
        Config config = new Config(json);
        config.requireOneOf("hidden_act", Set.of("silu"));
        config.requireOneOf("pretraining_tp", Set.of(1));
        config.requireOneOf("is_decoder", Set.of(true, false));
        config.requireAbsent(List.of("quantization_config", "sliding_window", "layer_types", "num_experts"));
        return new Blueprint(config).architecture();
    }

    private static final class Blueprint {
        private final Config config;
        private final DecoderShape shape;
        private final boolean attentionBias;
        private final boolean mlpBias;
        private final boolean tied;

        private static final int MAX_LAYERS = 10_000;

        Blueprint(Config config) {
            this.config = config;
            int hidden = config.count("hidden_size");
            int heads = config.count("num_attention_heads");
            this.shape = new DecoderShape(
                    config.countUpTo("num_hidden_layers", MAX_LAYERS),
                    hidden,
                    config.count("intermediate_size"),
                    heads,
                    config.count("num_key_value_heads", heads),
                    config.count("head_dim", Math.max(1, hidden / heads)),
                    config.count("vocab_size"),
                    config.count("max_position_embeddings", 2048));
            this.attentionBias = config.flag("attention_bias", false);
            this.mlpBias = config.flag("mlp_bias", false);
            this.tied = config.flag("tie_word_embeddings", false);
            if ((long) heads * shape.headDim() > Config.MAX_WIDTH) {
                throw Config.invalid("num_attention_heads x head_dim must be at most " + Config.MAX_WIDTH);
            }
            if (heads % shape.keyValueHeads() != 0 || shape.headDim() % 2 != 0) {
                throw Config.invalid("num_attention_heads must be a multiple of num_key_value_heads, head_dim even");
            }
        }

        Architecture architecture() {
            List<ExecutionUnit> units = new ArrayList<>();
            units.add(unit(
                    ExecutionUnit.Kind.EMBEDDING,
                    "model.embed_tokens",
                    whole("model.embed_tokens.weight", shape.vocabulary(), shape.hidden())));
            IntStream.range(0, shape.layers()).forEach(i -> units.add(layerUnit("model.layers." + i)));
            units.add(unit(ExecutionUnit.Kind.NORM, "model.norm", whole("model.norm.weight", shape.hidden())));
            units.add(unit(
                    ExecutionUnit.Kind.HEAD,
                    "lm_head",
                    whole(tied ? "model.embed_tokens.weight" : "lm_head.weight", shape.vocabulary(), shape.hidden())));
            return new Architecture(
                    config.architecture("LlamaForCausalLM"),
                    List.of("decoder.py", "llama.py"),
                    shape,
                    root(),
                    units,
                    Map.of(
                            "heads", (long) shape.heads(),
                            "key_value_heads", (long) shape.keyValueHeads(),
                            "head_dim", (long) shape.headDim(),
                            "norm_eps", config.number("rms_norm_eps", 1e-6),
                            "inverse_frequencies", config.rope().inverseFrequencies(shape.headDim())));
        }

        private int queryWidth() {
            return shape.heads() * shape.headDim();
        }

        private int keyValueWidth() {
            return shape.keyValueHeads() * shape.headDim();
        }

        private ExecutionUnit layerUnit(String layer) {
            String attention = layer + ".self_attn.";
            String mlp = layer + ".mlp.";
            return unit(
                    ExecutionUnit.Kind.LAYER,
                    layer,
                    whole(layer + ".input_layernorm.weight", shape.hidden()),
                    fused("qkv", attention, List.of("q_proj", "k_proj", "v_proj"), ".weight", shape.hidden()),
                    attentionBias
                            ? fused("qkv_bias", attention, List.of("q_proj", "k_proj", "v_proj"), ".bias", 1)
                            : none(attention + "qkv_bias"),
                    whole(attention + "o_proj.weight", shape.hidden(), queryWidth()),
                    attentionBias ? whole(attention + "o_proj.bias", shape.hidden()) : none(attention + "o_bias"),
                    whole(layer + ".post_attention_layernorm.weight", shape.hidden()),
                    fused("gate_up", mlp, List.of("gate_proj", "up_proj"), ".weight", shape.hidden()),
                    mlpBias
                            ? fused("gate_up_bias", mlp, List.of("gate_proj", "up_proj"), ".bias", 1)
                            : none(mlp + "gate_up_bias"),
                    whole(mlp + "down_proj.weight", shape.hidden(), shape.intermediate()),
                    mlpBias ? whole(mlp + "down_proj.bias", shape.hidden()) : none(mlp + "down_bias"));
        }

        /** Several projections stacked into one tensor: [sum of rows, columns], or [sum of rows] for biases. */
        private WeightTensor fused(String name, String prefix, List<String> projections, String suffix, int columns) {
            List<Part> parts = new ArrayList<>();
            long rows = 0;
            for (String projection : projections) {
                parts.add(new Part(prefix + projection + suffix, rows * columns));
                rows += width(projection);
            }
            Shape fused = suffix.equals(".bias") ? Shape.of(rows) : Shape.of(rows, columns);
            return new WeightTensor(prefix + name, fused, parts);
        }

        private int width(String projection) {
            return switch (projection) {
                case "q_proj" -> queryWidth();
                case "k_proj", "v_proj" -> keyValueWidth();
                case "gate_proj", "up_proj" -> shape.intermediate();
                default -> shape.hidden();
            };
        }

        private ModuleNode root() {
            List<ModuleNode> layers = IntStream.range(0, shape.layers())
                    .mapToObj(i -> layer("model.layers." + i))
                    .toList();
            Shape frequencies = Shape.of(shape.headDim() / 2);
            ModuleNode model = new ModuleNode(
                    "model",
                    "LlamaModel",
                    false,
                    List.of(),
                    List.of(
                            leaf("model.embed_tokens", "Embedding", shape.vocabulary(), shape.hidden()),
                            new ModuleNode("model.layers", "ModuleList", false, List.of(), layers),
                            leaf("model.norm", "LlamaRMSNorm", shape.hidden()),
                            new ModuleNode(
                                    "model.rotary_emb",
                                    "LlamaRotaryEmbedding",
                                    false,
                                    List.of(
                                            new Parameter("model.rotary_emb.inv_freq", frequencies, true, null),
                                            new Parameter(
                                                    "model.rotary_emb.original_inv_freq", frequencies, true, null)),
                                    List.of())));
            Parameter head = new Parameter(
                    "lm_head.weight",
                    Shape.of(shape.vocabulary(), shape.hidden()),
                    false,
                    tied ? "model.embed_tokens.weight" : null);
            return new ModuleNode(
                    "",
                    "LlamaForCausalLM",
                    false,
                    List.of(),
                    List.of(model, new ModuleNode("lm_head", "Linear", false, List.of(head), List.of())));
        }

        private ModuleNode layer(String name) {
            String attention = name + ".self_attn";
            String mlp = name + ".mlp";
            return new ModuleNode(
                    name,
                    "LlamaDecoderLayer",
                    true,
                    List.of(),
                    List.of(
                            new ModuleNode(
                                    attention,
                                    "LlamaAttention",
                                    false,
                                    List.of(),
                                    List.of(
                                            linear(attention, "q_proj", shape.hidden(), attentionBias),
                                            linear(attention, "k_proj", shape.hidden(), attentionBias),
                                            linear(attention, "v_proj", shape.hidden(), attentionBias),
                                            linear(attention, "o_proj", queryWidth(), attentionBias))),
                            new ModuleNode(
                                    mlp,
                                    "LlamaMLP",
                                    false,
                                    List.of(),
                                    List.of(
                                            linear(mlp, "gate_proj", shape.hidden(), mlpBias),
                                            linear(mlp, "up_proj", shape.hidden(), mlpBias),
                                            linear(mlp, "down_proj", shape.intermediate(), mlpBias))),
                            leaf(name + ".input_layernorm", "LlamaRMSNorm", shape.hidden()),
                            leaf(name + ".post_attention_layernorm", "LlamaRMSNorm", shape.hidden())));
        }

        private ModuleNode linear(String parent, String projection, int inputs, boolean bias) {
            String name = parent + "." + projection;
            int outputs = width(projection);
            Parameter weight = new Parameter(name + ".weight", Shape.of(outputs, inputs), false, null);
            Stream<Parameter> biases =
                    bias ? Stream.of(new Parameter(name + ".bias", Shape.of(outputs), false, null)) : Stream.empty();
            return new ModuleNode(
                    name,
                    "Linear",
                    false,
                    Stream.concat(Stream.of(weight), biases).toList(),
                    List.of());
        }

        private static ModuleNode leaf(String name, String kind, long... dims) {
            return new ModuleNode(
                    name,
                    kind,
                    false,
                    List.of(new Parameter(name + ".weight", Shape.of(dims), false, null)),
                    List.of());
        }

        private static ExecutionUnit unit(ExecutionUnit.Kind kind, String module, WeightTensor... weights) {
            return new ExecutionUnit(kind, module, List.of(weights));
        }

        private static WeightTensor whole(String parameter, long... dims) {
            return new WeightTensor(parameter, Shape.of(dims), List.of(new Part(parameter, 0)));
        }

        private static WeightTensor none(String name) {
            return new WeightTensor(name, Shape.of(0), List.of());
        }
    }
}
