package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * GPT-2: learned positions, layer norms, projections stored as [inputs, outputs].
 *
 * @see <a href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/gpt2/modeling_gpt2.py">the
 *     reference</a>
 */
final class Gpt2Family implements ModelFamily {
    private static final List<String> SCRIPTS = List.of(
            "step.py",
            "layers.py",
            "token_embedding.py",
            "learned_positions.py",
            "layer_norm.py",
            "paged_attention.py",
            "scores.py",
            "gpt2.py",
            "logits.py");

    private static final String[] LAYER = {
        "ln_1",
        "ln_1_bias",
        "c_attn",
        "c_attn_bias",
        "c_proj",
        "c_proj_bias",
        "ln_2",
        "ln_2_bias",
        "c_fc",
        "c_fc_bias",
        "mlp_c_proj",
        "mlp_c_proj_bias"
    };

    @Override
    public Set<String> modelTypes() {
        return Set.of("gpt2");
    }

    @Override
    public String prefix() {
        return "transformer.";
    }

    @Override
    public Architecture describe(JsonNode json) {
        Config config = new Config(json);
        config.requireArchitecture("GPT2LMHeadModel", "GPT2Model");
        config.requireOneOf("scale_attn_by_inverse_layer_idx", Set.of(false));
        DecoderShape shape = shape(config);
        ModuleNode tokens = ModuleNode.embedding("transformer.wte", shape.vocabulary(), shape.hidden());
        ModuleNode positions = ModuleNode.embedding("transformer.wpe", shape.maxPositions(), shape.hidden());
        List<ModuleNode> layers = IntStream.range(0, shape.layers())
                .mapToObj(i -> layer("transformer.h." + i, shape))
                .toList();
        ModuleNode norm = ModuleNode.layerNorm("transformer.ln_f", shape.hidden());
        ModuleNode head = ModuleNode.head(tokens, config.flag("tie_word_embeddings", true));

        List<ExecutionUnit> units = new ArrayList<>();
        units.add(ModuleWeights.unit(Kind.EMBEDDING, tokens, "embed_tokens"));
        units.add(ModuleWeights.unit(Kind.POSITIONS, positions, "embed_positions"));
        layers.forEach(layer -> units.add(ModuleWeights.unit(Kind.LAYER, layer, LAYER)));
        units.add(ModuleWeights.unit(Kind.NORM, norm, "norm", "norm_bias"));
        units.add(ModuleWeights.unit(Kind.HEAD, head, "lm_head"));
        ModuleNode root = ModuleNode.container(
                "",
                "GPT2LMHeadModel",
                ModuleNode.container(
                        "transformer",
                        "GPT2Model",
                        tokens,
                        positions,
                        ModuleNode.leaf("transformer.drop", "Dropout"),
                        ModuleNode.container("transformer.h", "ModuleList", layers),
                        norm),
                head);
        List<String> scripts = new ArrayList<>(SCRIPTS);
        scripts.add(config.activation("activation_function", "gelu_new"));
        return new Architecture(
                config.architecture(root.kind()),
                Architecture.Task.GENERATE,
                scripts,
                shape,
                root,
                units,
                Map.of(
                        "heads",
                        (long) shape.heads(),
                        "key_value_heads",
                        (long) shape.heads(),
                        "head_dim",
                        (long) shape.headDim(),
                        "scale",
                        config.flag("scale_attn_weights", true) ? 1 / Math.sqrt(shape.headDim()) : 1.0,
                        "norm_eps",
                        config.number("layer_norm_epsilon", 1e-5)));
    }

    private static DecoderShape shape(Config config) {
        int hidden = config.hidden(config.spelling("n_embd", "hidden_size"));
        int heads = config.count(config.spelling("n_head", "num_attention_heads"));
        if (hidden % heads != 0) {
            throw Config.invalid("n_embd must be a multiple of n_head");
        }
        return new DecoderShape(
                config.layers(config.spelling("n_layer", "num_hidden_layers")),
                hidden,
                config.count("n_inner", 4 * hidden),
                heads,
                heads,
                hidden / heads,
                config.count("vocab_size"),
                config.count(config.spelling("n_positions", "max_position_embeddings"), 1024));
    }

    private static ModuleNode layer(String name, DecoderShape shape) {
        int hidden = shape.hidden();
        return ModuleNode.whole(
                name,
                "GPT2Block",
                List.of(
                        ModuleNode.layerNorm(name + ".ln_1", hidden),
                        ModuleNode.container(
                                name + ".attn",
                                "GPT2Attention",
                                projection(name + ".attn.c_attn", hidden, 3 * hidden),
                                projection(name + ".attn.c_proj", hidden, hidden)),
                        ModuleNode.layerNorm(name + ".ln_2", hidden),
                        ModuleNode.container(
                                name + ".mlp",
                                "GPT2MLP",
                                projection(name + ".mlp.c_fc", hidden, shape.intermediate()),
                                projection(name + ".mlp.c_proj", shape.intermediate(), hidden))));
    }

    private static ModuleNode projection(String name, int inputs, int outputs) {
        return ModuleNode.leaf(
                name,
                "Conv1D",
                Parameter.stored(name + ".weight", inputs, outputs),
                Parameter.stored(name + ".bias", outputs));
    }
}
