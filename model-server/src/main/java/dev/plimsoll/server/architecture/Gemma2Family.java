package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.architecture.SelfAttention.Projections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gemma 2: four norms a layer with weights around zero, capped scores and logits, scaled embeddings, a window in every
 * other layer.
 *
 * @see <a
 *     href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/gemma2/modeling_gemma2.py">
 *     the reference</a>
 */
final class Gemma2Family implements ModelFamily {
    private static final String CLASSES = "Gemma2";
    private static final List<String> NORMS = List.of(
            "input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm");

    @Override
    public Set<String> modelTypes() {
        return Set.of("gemma2");
    }

    @Override
    public Architecture describe(JsonNode json) {
        Config config = new Config(json);
        config.requireArchitecture(CLASSES + "ForCausalLM", CLASSES + "Model");
        DecoderShape shape = config.decoderShape(new DecoderDefaults(8192, 4, 256));
        double logitCap = config.cap("final_logit_softcapping", 30);
        boolean bias = config.flag("attention_bias", false);
        return new RotaryDecoder(
                        CLASSES,
                        config,
                        shape,
                        new SelfAttention(
                                CLASSES,
                                shape,
                                bias ? Projections.SEPARATE_WITH_BIAS : Projections.SEPARATE,
                                bias,
                                false,
                                Windows.alternating(config, shape.layers()),
                                1 / Math.sqrt(config.number("query_pre_attn_scalar", 256)),
                                config.cap("attn_logit_softcapping", 50)),
                        new GatedMlp(
                                CLASSES,
                                shape.hidden(),
                                shape.intermediate(),
                                config.activation("hidden_activation", "gelu_pytorch_tanh"),
                                false,
                                false),
                        NORMS,
                        config.flag("tie_word_embeddings", true),
                        List.of(
                                "scaled_embedding.py",
                                "offset_rms_norm.py",
                                "four_norm_layer.py",
                                logitCap > 0 ? "capped_logits.py" : "logits.py"),
                        settings(shape, logitCap))
                .architecture(config.number("rms_norm_eps", 1e-6));
    }

    private static Map<String, Object> settings(DecoderShape shape, double logitCap) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("embedding_scale", Math.sqrt(shape.hidden()));
        if (logitCap > 0) {
            settings.put("logit_cap", logitCap);
        }
        return settings;
    }
}
