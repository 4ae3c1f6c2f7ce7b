package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.architecture.SelfAttention.Projections;
import java.util.List;
import java.util.Set;

/**
 * Llama: RMS norms, rotary positions, grouped-query attention, gated MLP.
 *
 * @see <a
 *     href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/llama/modeling_llama.py">the
 *     reference</a>
 */
final class LlamaFamily implements ModelFamily {
    private static final String CLASSES = "Llama";

    @Override
    public Set<String> modelTypes() {
        return Set.of("llama");
    }

    @Override
    public Architecture describe(JsonNode json) {
        Config config = new Config(json);
        config.requireArchitecture(CLASSES + "ForCausalLM", CLASSES + "Model");
        config.requireOneOf("pretraining_tp", Set.of(1));
        config.requireAbsent(List.of("sliding_window", "layer_types", "num_experts"));
        DecoderShape shape = config.decoderShape(new DecoderDefaults(2048, 0, 0));
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
                                Windows.none(shape.layers())),
                        new GatedMlp(
                                CLASSES,
                                shape.hidden(),
                                shape.intermediate(),
                                config.activation("hidden_act", "silu"),
                                config.flag("mlp_bias", false),
                                false),
                        config.flag("tie_word_embeddings", false))
                .architecture(config.number("rms_norm_eps", 1e-6));
    }
}
