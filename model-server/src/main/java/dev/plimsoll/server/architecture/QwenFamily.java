package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.architecture.SelfAttention.Projections;
import java.util.Set;

/**
 * Qwen2 and Qwen3: Llama with biases on queries, keys and values, or with norms on queries and keys; layers may have
 * windows.
 *
 * @see <a
 *     href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/qwen3/modeling_qwen3.py">the
 *     reference</a>
 */
final class QwenFamily implements ModelFamily {
    @Override
    public Set<String> modelTypes() {
        return Set.of("qwen2", "qwen3");
    }

    @Override
    public Architecture describe(JsonNode json) {
        Config config = new Config(json);
        boolean third = config.text("model_type", "").equals("qwen3");
        String classes = third ? "Qwen3" : "Qwen2";
        config.requireArchitecture(classes + "ForCausalLM", classes + "Model");
        DecoderShape shape = config.decoderShape(new DecoderDefaults(32_768, 32, third ? 128 : 0));
        boolean bias = third && config.flag("attention_bias", false);
        return new RotaryDecoder(
                        classes,
                        config,
                        shape,
                        new SelfAttention(
                                classes,
                                shape,
                                bias || !third ? Projections.SEPARATE_WITH_BIAS : Projections.SEPARATE,
                                bias,
                                third,
                                Windows.behind(config, shape.layers())),
                        new GatedMlp(
                                classes,
                                shape.hidden(),
                                shape.intermediate(),
                                config.activation("hidden_act", "silu"),
                                false,
                                false),
                        config.flag("tie_word_embeddings", false))
                .architecture(config.number("rms_norm_eps", 1e-6));
    }
}
