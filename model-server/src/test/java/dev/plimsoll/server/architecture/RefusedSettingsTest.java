package dev.plimsoll.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A setting that would change the result and is not implemented is refused by its name, in every family it occurs in. */
class RefusedSettingsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest(name = "{0}: {1} = {2}")
    @CsvSource(delimiter = '|', textBlock = """
            mistral   | quantization_config             | {"quant_method": "awq"}             | quantization_config
            gpt2      | quantization_config             | {"load_in_8bit": true}              | quantization_config
            bert      | quantization_config             | {"quant_method": "gptq"}            | quantization_config
            qwen2     | rope_parameters                 | {"rope_type": "yarn", "factor": 4}  | rope type 'yarn'
            qwen2     | rope_scaling                    | {"type": "dynamic", "factor": 2}    | rope type 'dynamic'
            phi3      | rope_scaling                    | {"type": "longrope"}                | rope type 'longrope'
            phi3      | rope_parameters                 | {"rope_theta": 1e4, "partial_rotary_factor": 0.75} | partial_rotary_factor 0.75
            phi3      | partial_rotary_factor           | 0.4                                 | partial_rotary_factor 0.4
            gemma2    | rope_parameters                 | {"full_attention": {"rope_type": "default"}} | rope settings for each layer type
            qwen3     | layer_types                     | ["full_attention", "chunked_attention", "full_attention"] | layer type 'chunked_attention'
            mistral   | layer_types                     | ["full_attention", "sliding_attention", "full_attention"] | layer_types other than sliding_attention
            qwen3-moe | layer_types                     | ["full_attention", "sliding_attention", "full_attention"] | layer_types other than full_attention
            mistral   | hidden_act                      | "quick_gelu"                        | hidden_act "quick_gelu"
            gpt2      | activation_function             | "tanh"                              | activation_function "tanh"
            gemma2    | hidden_activation               | "gelu_fast"                         | hidden_activation "gelu_fast"
            qwen3-moe | clip_qkv                        | 8                                   | clip_qkv 8
            gemma2    | use_bidirectional_attention     | true                                | use_bidirectional_attention true
            gpt2      | scale_attn_by_inverse_layer_idx | true                                | scale_attn_by_inverse_layer_idx true
            gpt2      | add_cross_attention             | true                                | add_cross_attention true
            bert      | add_cross_attention             | true                                | add_cross_attention true
            bert      | position_embedding_type         | "relative_key"                      | position_embedding_type "relative_key"
            bert      | is_decoder                      | true                                | is_decoder true
            bert      | architectures                   | ["BertLMHeadModel"]                 | architecture BertLMHeadModel
            qwen2     | architectures                   | ["Qwen2ForSequenceClassification"]  | architecture Qwen2ForSequenceClassification
            gpt2      | architectures                   | ["GPT2DoubleHeadsModel"]            | architecture GPT2DoubleHeadsModel
            """)
    void areNamed(String checkpoint, String name, String value, String said) throws IOException {
        refused(Reason.UnsupportedConfig, checkpoint, name, value, said);
    }

    @ParameterizedTest(name = "{0}: {1} = {2}")
    @CsvSource(delimiter = '|', textBlock = """
            qwen2     | layer_types         | ["sliding_attention", "full_attention", "full_attention"] | sliding_window is not set
            gemma2    | sliding_window      | null                 | sliding_window is not set
            qwen3     | layer_types         | ["full_attention"]   | layer_types must name 3 types
            qwen3     | max_window_layers   | -1                   | max_window_layers must be
            gpt2      | n_head              | 5                    | n_embd must be a multiple of n_head
            bert      | num_attention_heads | 5                    | hidden_size must be a multiple of num_attention_heads
            qwen3-moe | num_experts_per_tok | 9                    | num_experts_per_tok must be a whole number from 1 to 8
            qwen3-moe | mlp_only_layers     | [3]                  | mlp_only_layers must list whole numbers from 0 to 2
            gemma2    | attn_logit_softcapping | -50               | attn_logit_softcapping must be a number above 0
            """)
    void absurdOnesAreCalledInvalid(String checkpoint, String name, String value, String said) throws IOException {
        refused(Reason.InvalidCheckpoint, checkpoint, name, value, said);
    }

    private static void refused(Reason reason, String checkpoint, String name, String value, String said)
            throws IOException {
        ObjectNode config = config(checkpoint);
        assertThat(ModelFamilies.describe(config).units()).isNotEmpty();
        config.set(name, JSON.readTree(value));
        assertThatThrownBy(() -> ModelFamilies.describe(config))
                .isInstanceOfSatisfying(PlimsollException.class, refused -> {
                    assertThat(refused.failure().reason()).isEqualTo(reason);
                    assertThat(refused.getMessage()).contains(said);
                });
    }

    private static ObjectNode config(String checkpoint) throws IOException {
        return (ObjectNode) JSON.readTree(Path.of("src/test/resources/checkpoints", checkpoint, "config.json")
                .toFile());
    }
}
