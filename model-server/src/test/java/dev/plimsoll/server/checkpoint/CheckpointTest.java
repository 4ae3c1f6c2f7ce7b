package dev.plimsoll.server.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which tokens end a text. */
class CheckpointTest {
    @Test
    void theConfigNamesOneEndTokenOrSeveral() throws JsonProcessingException {
        assertThat(checkpoint("{\"eos_token_id\": 7}", null).endIds()).containsExactly(7);
        assertThat(checkpoint("{\"eos_token_id\": [7, 8]}", null).endIds()).containsExactlyInAnyOrder(7, 8);
    }

    @Test
    void theGenerationConfigComesFirst() throws JsonProcessingException {
        assertThat(checkpoint("{\"eos_token_id\": 7}", "{\"eos_token_id\": [9]}")
                        .endIds())
                .containsExactly(9);
        assertThat(checkpoint("{\"eos_token_id\": 7}", "{\"do_sample\": true}").endIds())
                .containsExactly(7);
    }

    @Test
    void whatIsNoTokenEndsNothing() throws JsonProcessingException {
        assertThat(checkpoint("{}", null).endIds()).isEmpty();
        assertThat(checkpoint("{\"eos_token_id\": null}", null).endIds()).isEmpty();
        assertThat(checkpoint("{\"eos_token_id\": [\"</s>\", 7]}", null).endIds())
                .containsExactly(7);
    }

    private static Checkpoint checkpoint(String config, @Nullable String generationConfig)
            throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        JsonNode generation = generationConfig == null ? null : json.readTree(generationConfig);
        LocalTensorSource noFiles = new LocalTensorSource(Path.of("."), List.of(), Reads.CACHED);
        return new Checkpoint(noFiles, json.readTree(config), generation, new TreeMap<>(), "sha256:");
    }
}
