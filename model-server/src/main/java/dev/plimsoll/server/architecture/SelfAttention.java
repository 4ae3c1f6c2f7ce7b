package dev.plimsoll.server.architecture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Causal grouped-query attention with rotary positions.
 *
 * @param classes how the names of the family's classes begin, such as {@code Llama}
 * @param projections how queries, keys and values are stored
 * @param outputBias whether the projection behind the attention has a bias
 * @param headNorms whether queries and keys are normed, each head by itself
 * @param windows tokens that each layer sees, itself included; 0 means all
 * @param scale that scores are multiplied by
 * @param scoreCap beyond which no score grows: {@code cap * tanh(score / cap)}; 0 means none
 */
record SelfAttention(
        String classes,
        DecoderShape shape,
        Projections projections,
        boolean outputBias,
        boolean headNorms,
        List<Integer> windows,
        double scale,
        double scoreCap)
        implements LayerPart {

    /** How queries, keys and values are stored. */
    enum Projections {
        SEPARATE,
        SEPARATE_WITH_BIAS,
        /** One matrix, in this order. */
        FUSED
    }

    /** Attention with the usual scale, {@code 1 / sqrt(head width)}, and no cap. */
    SelfAttention(
            String classes,
            DecoderShape shape,
            Projections projections,
            boolean outputBias,
            boolean headNorms,
            List<Integer> windows) {
        this(classes, shape, projections, outputBias, headNorms, windows, 1 / Math.sqrt(shape.headDim()), 0);
    }

    @Override
    public ModuleNode module(String layer, int index) {
        String name = layer + ".self_attn";
        int hidden = shape.hidden();
        ModuleNode output = ModuleNode.linear(name + ".o_proj", hidden, queryWidth(), outputBias);
        List<ModuleNode> children = new ArrayList<>();
        if (projections == Projections.FUSED) {
            children.add(output);
            children.add(ModuleNode.linear(name + ".qkv_proj", queryWidth() + 2 * keyValueWidth(), hidden, false));
        } else {
            boolean bias = projections == Projections.SEPARATE_WITH_BIAS;
            children.add(ModuleNode.linear(name + ".q_proj", queryWidth(), hidden, bias));
            children.add(ModuleNode.linear(name + ".k_proj", keyValueWidth(), hidden, bias));
            children.add(ModuleNode.linear(name + ".v_proj", keyValueWidth(), hidden, bias));
            children.add(output);
        }
        if (headNorms) {
            children.add(ModuleNode.rmsNorm(name + ".q_norm", classes + "RMSNorm", shape.headDim()));
            children.add(ModuleNode.rmsNorm(name + ".k_norm", classes + "RMSNorm", shape.headDim()));
        }
        return ModuleNode.container(name, classes + "Attention", children);
    }

    @Override
    public List<Weight> weights(ModuleWeights layer, int index) {
        return List.of(
                projections == Projections.FUSED
                        ? layer.whole("qkv_proj", "self_attn.qkv_proj.weight")
                        : layer.stacked(
                                "qkv_proj",
                                "self_attn.qkv",
                                "self_attn.q_proj.weight",
                                "self_attn.k_proj.weight",
                                "self_attn.v_proj.weight"),
                layer.stacked(
                        "qkv_bias",
                        "self_attn.qkv_bias",
                        "self_attn.q_proj.bias",
                        "self_attn.k_proj.bias",
                        "self_attn.v_proj.bias"),
                layer.whole("q_norm", "self_attn.q_norm.weight"),
                layer.whole("k_norm", "self_attn.k_norm.weight"),
                layer.whole("o_proj", "self_attn.o_proj.weight"),
                layer.whole("o_bias", "self_attn.o_proj.bias"));
    }

    @Override
    public List<String> scripts() {
        return List.of("paged_attention.py", scoreCap > 0 ? "capped_scores.py" : "scores.py");
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "heads", (long) shape.heads(),
                "key_value_heads", (long) shape.keyValueHeads(),
                "head_dim", (long) shape.headDim(),
                "scale", scale));
        if (scoreCap > 0) {
            settings.put("score_cap", scoreCap);
        }
        return settings;
    }

    private int queryWidth() {
        return shape.heads() * shape.headDim();
    }

    private int keyValueWidth() {
        return shape.keyValueHeads() * shape.headDim();
    }
}
