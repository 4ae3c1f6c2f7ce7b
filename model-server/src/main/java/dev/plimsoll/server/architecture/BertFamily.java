package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.architecture.ExecutionUnit.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * BERT as an encoder: every token sees the whole input, which gives one vector, pooled as the checkpoint asks for. All
 * tokens are of type 0. Heads of pretraining and the pooler are not loaded: they are no part of an embedding. A checkpoint
 * that was trained for another answer (a class, a span) is refused: its hidden states were never meant to be one.
 *
 * @see <a href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/bert/modeling_bert.py">the
 *     reference</a>
 */
final class BertFamily implements ModelFamily {
    private static final String[] ARCHITECTURES = {
        "BertModel", "BertForMaskedLM", "BertForPreTraining", "BertForNextSentencePrediction"
    };

    @Override
    public Set<String> modelTypes() {
        return Set.of("bert");
    }

    @Override
    public String prefix() {
        return "bert.";
    }

    @Override
    public Architecture describe(JsonNode json) {
        Config config = new Config(json);
        config.requireArchitecture(ARCHITECTURES);
        config.requireOneOf("is_decoder", Set.of(false));
        config.requireOneOf("position_embedding_type", Set.of("absolute"));
        DecoderShape shape = shape(config);
        ModuleNode embeddings = embeddings(shape, config.count("type_vocab_size", 2));
        List<ModuleNode> layers = IntStream.range(0, shape.layers())
                .mapToObj(i -> layer("encoder.layer." + i, shape))
                .toList();
        List<ExecutionUnit> units = new ArrayList<>();
        units.add(ModuleWeights.unit(
                Kind.EMBEDDING,
                embeddings,
                "word_embeddings",
                "position_embeddings",
                "token_type_embeddings",
                "embedding_norm",
                "embedding_norm_bias"));
        layers.forEach(layer -> units.add(unit(layer)));
        return new Architecture(
                        ARCHITECTURES[0],
                        Architecture.Task.EMBED,
                        List.of(
                                "step.py",
                                "layers.py",
                                "linear.py",
                                "layer_norm.py",
                                "scores.py",
                                "bert.py",
                                config.activation("hidden_act", "gelu")),
                        shape,
                        ModuleNode.container(
                                "",
                                ARCHITECTURES[0],
                                embeddings,
                                ModuleNode.container(
                                        "encoder",
                                        "BertEncoder",
                                        ModuleNode.container("encoder.layer", "ModuleList", layers))),
                        units,
                        Map.of(
                                "heads",
                                (long) shape.heads(),
                                "head_dim",
                                (long) shape.headDim(),
                                "scale",
                                1 / Math.sqrt(shape.headDim()),
                                "norm_eps",
                                config.number("layer_norm_eps", 1e-12)))
                .pooled(Pooling.DEFAULT);
    }

    private static DecoderShape shape(Config config) {
        int hidden = config.hidden("hidden_size");
        int heads = config.count("num_attention_heads");
        if (hidden % heads != 0) {
            throw Config.invalid("hidden_size must be a multiple of num_attention_heads");
        }
        return new DecoderShape(
                config.layers("num_hidden_layers"),
                hidden,
                config.count("intermediate_size"),
                heads,
                0,
                hidden / heads,
                config.count("vocab_size"),
                config.count("max_position_embeddings", 512));
    }

    /** The buffers are int64 there, the size of two float32 each. */
    private static ModuleNode embeddings(DecoderShape shape, int tokenTypes) {
        String name = "embeddings";
        int hidden = shape.hidden();
        return new ModuleNode(
                name,
                "BertEmbeddings",
                true,
                List.of(
                        Parameter.buffer(name + ".position_ids", 1, shape.maxPositions(), 2),
                        Parameter.buffer(name + ".token_type_ids", 1, shape.maxPositions(), 2)),
                List.of(
                        ModuleNode.embedding(name + ".word_embeddings", shape.vocabulary(), hidden),
                        ModuleNode.embedding(name + ".position_embeddings", shape.maxPositions(), hidden),
                        ModuleNode.embedding(name + ".token_type_embeddings", tokenTypes, hidden),
                        ModuleNode.layerNorm(name + ".LayerNorm", hidden)));
    }

    private static ModuleNode layer(String name, DecoderShape shape) {
        int hidden = shape.hidden();
        String attention = name + ".attention";
        return ModuleNode.whole(
                name,
                "BertLayer",
                List.of(
                        ModuleNode.container(
                                attention,
                                "BertAttention",
                                ModuleNode.container(
                                        attention + ".self",
                                        "BertSelfAttention",
                                        ModuleNode.linear(attention + ".self.query", hidden, hidden, true),
                                        ModuleNode.linear(attention + ".self.key", hidden, hidden, true),
                                        ModuleNode.linear(attention + ".self.value", hidden, hidden, true)),
                                output(attention + ".output", "BertSelfOutput", hidden, hidden)),
                        ModuleNode.container(
                                name + ".intermediate",
                                "BertIntermediate",
                                ModuleNode.linear(name + ".intermediate.dense", shape.intermediate(), hidden, true)),
                        output(name + ".output", "BertOutput", hidden, shape.intermediate())));
    }

    private static ModuleNode output(String name, String kind, int hidden, int inputs) {
        return ModuleNode.container(
                name,
                kind,
                ModuleNode.linear(name + ".dense", hidden, inputs, true),
                ModuleNode.layerNorm(name + ".LayerNorm", hidden));
    }

    private static ExecutionUnit unit(ModuleNode layer) {
        ModuleWeights weights = new ModuleWeights(layer);
        String self = "attention.self.";
        return new ExecutionUnit(
                Kind.LAYER,
                layer.name(),
                List.of(
                        weights.stacked(
                                "qkv_proj",
                                self + "qkv",
                                self + "query.weight",
                                self + "key.weight",
                                self + "value.weight"),
                        weights.stacked(
                                "qkv_bias",
                                self + "qkv_bias",
                                self + "query.bias",
                                self + "key.bias",
                                self + "value.bias"),
                        weights.whole("attention_dense", "attention.output.dense.weight"),
                        weights.whole("attention_dense_bias", "attention.output.dense.bias"),
                        weights.whole("attention_norm", "attention.output.LayerNorm.weight"),
                        weights.whole("attention_norm_bias", "attention.output.LayerNorm.bias"),
                        weights.whole("intermediate", "intermediate.dense.weight"),
                        weights.whole("intermediate_bias", "intermediate.dense.bias"),
                        weights.whole("output", "output.dense.weight"),
                        weights.whole("output_bias", "output.dense.bias"),
                        weights.whole("output_norm", "output.LayerNorm.weight"),
                        weights.whole("output_norm_bias", "output.LayerNorm.bias")));
    }
}
