package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.architecture.SelfAttention.Projections;
import java.util.Set;

/**
 * Phi-3: Llama whose checkpoints store queries, keys and values as one matrix, and gate and up as one.
 *
 * @see <a href="https://github.com/huggingface/transformers/blob/main/src/transformers/models/phi3/modeling_phi3.py">the
 *     reference</a>
 */
final class Phi3Family implements ModelFamily {
    private static final String CLASSES = "Phi3";

    @Override
    public Set<String> modelTypes() {
        return Set.of("phi3");
    }

    @Override
    public Architecture describe(JsonNode json) {
        Config config = new Config(json);
        config.requireArchitecture(CLASSES + "ForCausalLM", CLASSES + "Model");
        DecoderShape shape = config.decoderShape(new DecoderDefaults(4096, 0, 0));
        return new RotaryDecoder(
                        CLASSES,
                        config,
                        shape,
                        new SelfAttention(
                                CLASSES,
                                shape,
                                Projections.FUSED,
                                false,
                                false,
                                Windows.everywhere(config, shape.layers(), config.optional("sliding_window", 0))),
                        new GatedMlp(
                                CLASSES,
                                shape.hidden(),
                                shape.intermediate(),
                                config.activation("hidden_act", "silu"),
                                false,
                                true),
                        config.flag("tie_word_embeddings", false))
                .architecture(config.number("rms_norm_eps", 1e-5));
    }
}
