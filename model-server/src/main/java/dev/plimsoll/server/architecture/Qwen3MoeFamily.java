package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.architecture.SelfAttention.Projections;
import java.util.HashSet;
import java.util.Set;

/**
 * Qwen3 with a mixture of experts.
 *
 * @see <a
 *     href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/qwen3_moe/modeling_qwen3_moe.py">
 *     the reference</a>
 */
final class Qwen3MoeFamily implements ModelFamily {
    private static final String CLASSES = "Qwen3Moe";
    private static final int MAX_EXPERTS = 4096;

    /** In all layers together: each has names and shapes of its own. The largest published models have a third of it. */
    private static final int MAX_EXPERTS_OF_ALL_LAYERS = 1 << 16;

    @Override
    public Set<String> modelTypes() {
        return Set.of("qwen3_moe");
    }

    @Override
    public Architecture describe(JsonNode json) {
        Config config = new Config(json);
        config.requireArchitecture(CLASSES + "ForCausalLM", CLASSES + "Model");
        DecoderShape shape = config.decoderShape(new DecoderDefaults(32_768, 4, 0));
        boolean bias = config.flag("attention_bias", false);
        int window = config.flag("use_sliding_window", false) ? config.optional("sliding_window", 4096) : 0;
        ExpertMlp mlp = experts(config, shape);
        int routed = mlp.intermediate() + shape.hidden() / 2;
        DecoderShape widest =
                shape.withIntermediate(mlp.denseLayers().isEmpty() ? routed : Math.max(routed, shape.intermediate()));
        return new RotaryDecoder(
                        CLASSES,
                        config,
                        widest,
                        new SelfAttention(
                                CLASSES,
                                shape,
                                bias ? Projections.SEPARATE_WITH_BIAS : Projections.SEPARATE,
                                bias,
                                true,
                                Windows.everywhere(config, shape.layers(), window)),
                        mlp,
                        config.flag("tie_word_embeddings", false))
                .architecture(config.number("rms_norm_eps", 1e-6));
    }

    private static ExpertMlp experts(Config config, DecoderShape shape) {
        String count = config.spelling("num_experts", "num_local_experts");
        int experts = config.countUpTo(count, Math.min(MAX_EXPERTS, MAX_EXPERTS_OF_ALL_LAYERS / shape.layers()));
        int step = config.count("decoder_sparse_step", 1);
        Set<Integer> dense = new HashSet<>(config.indexes("mlp_only_layers", shape.layers()));
        for (int layer = 0; layer < shape.layers(); layer++) {
            if ((layer + 1) % step != 0) {
                dense.add(layer);
            }
        }
        return new ExpertMlp(
                new GatedMlp(
                        CLASSES,
                        shape.hidden(),
                        shape.intermediate(),
                        config.activation("hidden_act", "silu"),
                        false,
                        false),
                dense,
                experts,
                config.count("moe_intermediate_size", 768),
                config.countUpTo("num_experts_per_tok", experts),
                config.flag("norm_topk_prob", false));
    }
}
