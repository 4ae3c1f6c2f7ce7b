package dev.plimsoll.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Llama config means, and which ones are refused rather than served with a wrong result. */
class LlamaFamilyTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                                        | {"rope_theta": 5e5, "rope_type": "default"}
            {"rope_scaling": null}                                                    | {"rope_theta": 5e5}
            {"rope_scaling": {"type": "linear", "factor": 4}}                         | {"rope_theta": 5e5, "rope_type": "linear", "factor": 4}
            {"rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 64}} | {"rope_theta": 5e5, "rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 64}
            """)
    void bothSpellingsOfRopeMeanTheSame(String old, String parameters) throws JsonProcessingException {
        ObjectNode spelledOld = config().put("rope_theta", 5e5);
        spelledOld.setAll((ObjectNode) JSON.readTree(old));
        ObjectNode spelledNew = config();
        spelledNew.set("rope_parameters", JSON.readTree(parameters));

        assertThat(frequencies(spelledOld)).containsExactly(frequencies(spelledNew));
        assertThat(frequencies(spelledOld)).isNotEqualTo(frequencies(config()));
    }

    @Test
    void linearRopeDividesEveryFrequency() throws JsonProcessingException {
        ObjectNode scaled = config();
        scaled.set("rope_scaling", JSON.readTree("{\"type\": \"linear\", \"factor\": 4}"));
        float[] plain = frequencies(config());
        float[] divided = frequencies(scaled);
        assertThat(plain).hasSize(8).startsWith(1f);
        for (int i = 0; i < plain.length; i++) {
            assertThat(divided[i]).isEqualTo(plain[i] / 4);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hidden_act          | "quick_gelu"                    | hidden_act "quick_gelu"
            quantization_config | {"quant_method": "gptq"}        | quantization_config
            sliding_window      | 4096                            | sliding_window 4096
            layer_types         | ["sliding_attention"]           | layer_types
            num_experts         | 8                               | num_experts 8
            pretraining_tp      | 2                               | pretraining_tp 2
            rope_scaling        | {"rope_type": "yarn"}           | rope type 'yarn'
            rope_parameters     | {"rope_type": "longrope"}       | rope type 'longrope'
            """)
    void whatWouldChangeTheResultIsRefusedByName(String name, String value, String said) throws Exception {
        refused(Reason.UnsupportedConfig, config().set(name, JSON.readTree(value)), said, "would change the result");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hidden_size             | null      | hidden_size must be
            hidden_size             | 0         | is 0
            hidden_size             | "64"      | is "64"
            vocab_size              | 1.5       | is 1.5
            vocab_size              | 99999999999 | is 99999999999
            intermediate_size       | -1        | is -1
            num_hidden_layers       | 16000000  | num_hidden_layers must be
            num_key_value_heads     | 3         | must be a multiple of num_key_value_heads
            head_dim                | 15        | head_dim even
            head_dim                | 16777216  | num_attention_heads x head_dim
            rms_norm_eps            | 0         | rms_norm_eps must be a number above 0
            attention_bias          | "yes"     | attention_bias must be true or false
            rope_theta              | -10000    | rope_theta must be a number above 0
            rope_scaling            | {"type": "linear"} | factor must be a number above 0, is missing
            """)
    void absurdSettingsAreRefusedByName(String name, String value, String said) throws Exception {
        refused(Reason.InvalidCheckpoint, config().set(name, JSON.readTree(value)), "config.json: ", said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"model_type\": \"mamba\"}", "{\"model_type\": 7}", "{\"model_type\": null}"})
    void anUnknownModelTypeIsRefusedWithThoseThatAreKnown(String json) throws JsonProcessingException {
        refused(
                Reason.UnsupportedModel,
                (ObjectNode) JSON.readTree(json),
                "model_type",
                "implemented: ",
                "llama, mistral");
    }

    @Test
    void aTiedHeadTakesTheEmbeddingsTensor() {
        Architecture tied = ModelFamilies.describe(config().put("tie_word_embeddings", true));
        Architecture own = ModelFamilies.describe(config());

        assertThat(parameter(tied, "lm_head.weight").tiedTo()).isEqualTo("model.embed_tokens.weight");
        assertThat(parameter(own, "lm_head.weight").tiedTo()).isNull();
        assertThat(headWeight(tied)).isEqualTo("model.embed_tokens.weight");
        assertThat(headWeight(own)).isEqualTo("lm_head.weight");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unitsTakeEveryStoredParameterAndFillEveryTensor(boolean withBiases) {
        Architecture architecture = ModelFamilies.describe(
                config().put("attention_bias", withBiases).put("mlp_bias", withBiases));
        Map<String, Shape> stored = new HashMap<>();
        architecture
                .root()
                .allParameters()
                .filter(parameter -> !parameter.buffer())
                .forEach(parameter -> stored.put(parameter.name(), parameter.shape()));

        List<Weight> tensors = architecture.units().stream()
                .flatMap(unit -> unit.weights().stream())
                .toList();
        TreeSet<String> taken = new TreeSet<>();
        for (Weight tensor : tensors) {
            long filled = 0;
            for (Slice slice : tensor.slices()) {
                assertThat(slice.element()).as(slice.tensor()).isEqualTo(filled);
                filled += Objects.requireNonNull(stored.get(slice.tensor()), slice.tensor())
                        .elements();
                assertThat(taken.add(slice.tensor())).as(slice.tensor()).isTrue();
            }
            assertThat(tensor.shape().elements()).as(tensor.name()).isEqualTo(filled);
        }
        assertThat(taken).containsExactlyInAnyOrderElementsOf(stored.keySet());
        assertThat(taken.contains("model.layers.0.self_attn.q_proj.bias")).isEqualTo(withBiases);
    }

    static ObjectNode config() {
        return JSON.createObjectNode()
                .put("model_type", "llama")
                .put("num_hidden_layers", 2)
                .put("hidden_size", 64)
                .put("intermediate_size", 144)
                .put("num_attention_heads", 4)
                .put("num_key_value_heads", 2)
                .put("vocab_size", 384);
    }

    private static void refused(Reason reason, JsonNode config, String... words) {
        assertThatThrownBy(() -> ModelFamilies.describe(config))
                .isInstanceOfSatisfying(PlimsollException.class, refused -> {
                    assertThat(refused.failure().reason()).isEqualTo(reason);
                    assertThat(refused.getMessage()).contains(words);
                });
    }

    private static float[] frequencies(ObjectNode config) {
        Object frequencies = ModelFamilies.describe(config).settings().get("inverse_frequencies");
        return (float[]) Objects.requireNonNull(frequencies);
    }

    private static Parameter parameter(Architecture architecture, String name) {
        return architecture
                .root()
                .allParameters()
                .filter(parameter -> parameter.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String headWeight(Architecture architecture) {
        return architecture
                .units()
                .getLast()
                .weights()
                .getLast()
                .slices()
                .getFirst()
                .tensor();
    }
}
