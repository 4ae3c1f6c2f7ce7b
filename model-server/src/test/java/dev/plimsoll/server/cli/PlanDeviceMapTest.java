package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code plimsoll plan} with {@code --max-memory}: the device map that transformers gives for it. */
class PlanDeviceMapTest {
    @TempDir
    Path folder;

    static Stream<JsonNode> goldens() throws IOException {
        JsonNode goldens = new ObjectMapper()
                .readTree(Path.of("src/test/resources/goldens/placement.json").toFile());
        return goldens.path("cases")
                .valueStream()
                .filter(node -> node.path("model").asText().equals("llama-tiny-tied"))
                .map(node -> ((ObjectNode) node)
                        .set(
                                "config",
                                goldens.path("models").path("llama-tiny-tied").path("config")));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("goldens")
    void maxMemoryGivesTheDeviceMapOfTransformers(JsonNode golden) throws IOException {
        Files.writeString(folder.resolve("config.json"), golden.path("config").toString());
        List<String> limits = new ArrayList<>();
        golden.path("maxMemory").forEachEntry((device, bytes) -> limits.add(device(device) + "=" + bytes.asLong()));
        Map<String, String> expected = new LinkedHashMap<>();
        golden.path("deviceMap").forEachEntry((module, device) -> expected.put(module, device(device.asText())));

        Invocation plan = Invocation.of(
                "plan",
                "--model",
                folder,
                "--dtype",
                golden.path("dtype").asText(),
                "--policy",
                golden.path("policy").asText(),
                "--max-memory",
                String.join(",", limits),
                "--output",
                "json");

        assertThat(plan.code()).as(plan.out() + plan.err()).isZero();
        assertThat(plan.json().path("fits").asBoolean()).isTrue();
        assertThat(map(plan.json().path("deviceMap"))).containsExactlyInAnyOrderEntriesOf(expected);
    }

    private static Map<String, String> map(JsonNode object) {
        Map<String, String> map = new LinkedHashMap<>();
        object.forEachEntry((key, value) -> map.put(key, value.asText()));
        return map;
    }

    private static String device(String golden) {
        return switch (golden) {
            case "cpu" -> "host";
            case "disk" -> "disk";
            default -> "gpu:" + golden;
        };
    }
}
