package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.architecture.SelfAttention.Projections;
import java.util.Set;

/**
 * Mistral: Llama with a window that every layer looks back through.
 *
 * @see <a
 *     href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/mistral/modeling_mistral.py">
 *     the reference</a>
 */
final class MistralFamily implements ModelFamily {
    private static final String CLASSES = "Mistral";

    @Override
    public Set<String> modelTypes() {
        return Set.of("mistral");
    }

    @Override
    public Architecture describe(JsonNode json) {
        Config config = new Config(json);
        config.requireArchitecture(CLASSES + "ForCausalLM", CLASSES + "Model");
        DecoderShape shape = config.decoderShape(new DecoderDefaults(131_072, 8, 0));
        return new RotaryDecoder(
                        CLASSES,
                        config,
                        shape,
                        new SelfAttention(
                                CLASSES,
                                shape,
                                Projections.SEPARATE,
                                false,
                                false,
                                Windows.everywhere(config, shape.layers(), config.optional("sliding_window", 4096))),
                        new GatedMlp(
                                CLASSES,
                                shape.hidden(),
                                shape.intermediate(),
                                config.activation("hidden_act", "silu"),
                                false,
                                false),
                        config.flag("tie_word_embeddings", false))
                .architecture(config.number("rms_norm_eps", 1e-6));
    }
}
