package dev.plimsoll.server.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a checkpoint says of how its text is generated and ended. */
class CheckpointTest {
    @Test
    void theConfigNamesOneEndTokenOrSeveral() throws JsonProcessingException {
        assertThat(checkpoint("{\"eos_token_id\": 7}", null)
                        .generationDefaults()
                        .endIds())
                .containsExactly(7);
        assertThat(checkpoint("{\"eos_token_id\": [7, 8]}", null)
                        .generationDefaults()
                        .endIds())
                .containsExactlyInAnyOrder(7, 8);
    }

    @Test
    void theGenerationConfigComesFirst() throws JsonProcessingException {
        assertThat(checkpoint("{\"eos_token_id\": 7}", "{\"eos_token_id\": [9]}")
                        .generationDefaults()
                        .endIds())
                .containsExactly(9);
        assertThat(checkpoint("{\"eos_token_id\": 7}", "{\"do_sample\": true}")
                        .generationDefaults()
                        .endIds())
                .containsExactly(7);
    }

    @Test
    void whatIsNoTokenEndsNothing() throws JsonProcessingException {
        assertThat(checkpoint("{}", null).generationDefaults().endIds()).isEmpty();
        assertThat(checkpoint("{\"eos_token_id\": null}", null)
                        .generationDefaults()
                        .endIds())
                .isEmpty();
        assertThat(checkpoint("{\"eos_token_id\": [\"</s>\", 7]}", null)
                        .generationDefaults()
                        .endIds())
                .containsExactly(7);
    }

    @Test
    void whatTheGenerationConfigSaysIsTold() throws JsonProcessingException {
        String all = "{\"temperature\": 0.7, \"top_p\": 0.8, \"top_k\": 20, \"min_p\": 0.05,"
                + " \"repetition_penalty\": 1.05, \"max_new_tokens\": 2048, \"eos_token_id\": [7, 8]}";
        assertThat(checkpoint("{}", all).generationDefaults())
                .isEqualTo(new GenerationDefaults(0.7, 0.8, 20, 0.05, 1.05, 2048, Set.of(7, 8)));
    }

    @Test
    void whatItDoesNotSayIsAbsent() throws JsonProcessingException {
        GenerationDefaults nothing = GenerationDefaults.none(Set.of(7));
        assertThat(checkpoint("{\"eos_token_id\": 7}", null).generationDefaults())
                .isEqualTo(nothing);
        assertThat(checkpoint("{}", "{\"eos_token_id\": 7, \"temperature\": null, \"do_sample\": true}")
                        .generationDefaults())
                .isEqualTo(nothing);
        assertThat(checkpoint("{}", "{\"eos_token_id\": 7, \"top_k\": 50}")
                        .generationDefaults()
                        .endIdsAlone())
                .isEqualTo(nothing);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "temperature: -1",
                "temperature: 1e999",
                "temperature: \"hot\"",
                "top_p: 0",
                "top_p: 1.5",
                "top_k: -1",
                "top_k: 1.5",
                "min_p: 2",
                "repetition_penalty: 0",
                "max_new_tokens: 0",
                "max_new_tokens: 99999999999"
            })
    void whatCannotBeSampledWithIsRefusedByName(String setting) throws JsonProcessingException {
        String name = setting.substring(0, setting.indexOf(':'));
        Checkpoint checkpoint = checkpoint("{}", "{\"" + name + "\"" + setting.substring(name.length()) + "}");
        assertThatThrownBy(checkpoint::generationDefaults)
                .isInstanceOfSatisfying(
                        PlimsollException.class,
                        refused -> assertThat(refused.failure().reason()).isEqualTo(Reason.InvalidCheckpoint))
                .hasMessageStartingWith("generation_config.json: " + name + " must be ")
                .hasMessageEndingWith("; correct or remove it");
    }

    private static Checkpoint checkpoint(String config, @Nullable String generationConfig)
            throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        JsonNode generation = generationConfig == null ? null : json.readTree(generationConfig);
        LocalTensorSource noFiles = new LocalTensorSource(Path.of("."), List.of(), Reads.CACHED);
        return new Checkpoint(
                noFiles, json.readTree(config), generation, List.of(), new TreeMap<>(), Map.of(), "sha256:");
    }
}
