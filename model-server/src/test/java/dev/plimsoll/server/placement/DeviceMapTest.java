package dev.plimsoll.server.placement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.architecture.ModuleNode;
import dev.plimsoll.server.device.DeviceId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The device maps of transformers, for the same models and the same maximal memory. */
class DeviceMapTest {
    private static final Map<String, ModuleNode> TREES = new HashMap<>();

    @BeforeAll
    static void describe() throws IOException {
        goldens().path("models").forEachEntry((name, model) -> {
            TREES.put(name, ModelFamilies.describe(model.path("config")).root());
        });
    }

    static Stream<Arguments> models() throws IOException {
        return goldens()
                .path("models")
                .propertyStream()
                .map(model -> Arguments.of(model.getKey(), model.getValue().path("totalBytes")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void sizesAreTheReferences(String model, JsonNode totalBytes) {
        totalBytes.forEachEntry((dtype, bytes) -> assertThat(
                        SizedTree.of(tree(model), elementBytes(dtype)).root().bytes())
                .as(dtype)
                .isEqualTo(bytes.asLong()));
    }

    static Stream<Arguments> cases() throws IOException {
        JsonNode goldens = goldens();
        return goldens.path("cases")
                .valueStream()
                .map(node -> Arguments.of(
                        node.path("model").asText(),
                        node.path("dtype").asText(),
                        new PlacementPolicy(node.path("policy").asText()),
                        node.path("maxMemory"),
                        node.path("deviceMap")));
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @MethodSource("cases")
    void mapIsTheReferences(
            String model, String dtype, PlacementPolicy policy, JsonNode maxMemory, JsonNode deviceMap) {
        SequencedMap<DeviceId, Long> limits = new LinkedHashMap<>();
        maxMemory.forEachEntry((device, bytes) -> limits.put(device(device), bytes.asLong()));
        SequencedMap<String, DeviceId> expected = new LinkedHashMap<>();
        deviceMap.forEachEntry((module, device) -> expected.put(module, device(device.asText())));

        assertThat(DeviceMap.infer(tree(model), elementBytes(dtype), limits, policy))
                .containsExactlyInAnyOrderEntriesOf(expected);
    }

    private static ModuleNode tree(String model) {
        return Objects.requireNonNull(TREES.get(model));
    }

    private static int elementBytes(String dtype) {
        return switch (dtype) {
            case "float16" -> 2;
            case "float32" -> 4;
            default -> throw new IllegalArgumentException(dtype);
        };
    }

    private static DeviceId device(String golden) {
        return switch (golden) {
            case "cpu" -> DeviceId.HOST;
            case "disk" -> DeviceId.DISK;
            default -> DeviceId.gpu(Integer.parseInt(golden));
        };
    }

    private static JsonNode goldens() throws IOException {
        return new ObjectMapper()
                .readTree(Path.of("src/test/resources/goldens/placement.json").toFile());
    }
}
