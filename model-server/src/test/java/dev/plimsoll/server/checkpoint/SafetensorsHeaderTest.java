package dev.plimsoll.server.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Forty headers are taken or refused as the reference does; a duplicate name is refused where it does not. */
class SafetensorsHeaderTest {
    @TempDir
    Path folder;

    static Stream<Arguments> cases() throws IOException {
        JsonNode goldens = new ObjectMapper()
                .readTree(Path.of("src/test/resources/goldens/safetensors-headers.json")
                        .toFile());
        return goldens.path("cases")
                .valueStream()
                .map(node -> Arguments.of(
                        node.path("name").asText(),
                        node.path("expected").asText(),
                        node.path("file").asText()));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cases")
    void isTakenOrRefused(String name, String expected, String base64) throws IOException {
        Path file = folder.resolve("x.safetensors");
        Files.write(file, Base64.getDecoder().decode(base64));
        if (expected.equals("accept")) {
            assertThat(CheckpointReader.openFile(file)).isNotNull();
        } else {
            assertThatThrownBy(() -> CheckpointReader.openFile(file))
                    .isInstanceOfSatisfying(PlimsollException.class, refused -> {
                        assertThat(refused.failure().reason()).isEqualTo(Reason.InvalidCheckpoint);
                        assertThat(refused).hasMessageStartingWith("x.safetensors: ");
                    });
        }
    }
}
