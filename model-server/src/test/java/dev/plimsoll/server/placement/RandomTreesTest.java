package dev.plimsoll.server.placement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.ModuleNode;
import dev.plimsoll.server.architecture.Parameter;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.DeviceId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Device maps of transformers for trees as no model has them: tensors beside modules, ties across levels, modules
 * without bytes, blocks of all sizes.
 */
class RandomTreesTest {
    @Test
    void mapsAreTheReferences() throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(
                        Path.of("src/test/resources/goldens/random-trees.json").toFile())
                .path("cases");
        int number = 0;
        for (JsonNode node : cases) {
            SequencedMap<DeviceId, Long> limits = new LinkedHashMap<>();
            node.path("maxMemory").forEachEntry((device, bytes) -> limits.put(device(device), bytes.asLong()));
            SequencedMap<String, DeviceId> expected = new LinkedHashMap<>();
            node.path("deviceMap")
                    .forEach(entry -> expected.put(
                            entry.get(0).asText(), device(entry.get(1).asText())));

            SequencedMap<String, DeviceId> map = DeviceMap.infer(
                    module("", node.path("root"), node.path("ties")),
                    node.path("elementBytes").asInt(),
                    limits,
                    new PlacementPolicy(node.path("policy").asText()));

            if (node.path("ordered").asBoolean()) {
                assertThat(map).as("case %s %s", number, node).containsExactlyEntriesOf(expected);
            } else {
                assertThat(map).as("case %s %s", number, node).containsExactlyInAnyOrderEntriesOf(expected);
            }
            number++;
        }
        assertThat(number).isGreaterThan(100);
    }

    private static ModuleNode module(String name, JsonNode node, JsonNode ties) {
        String prefix = name.isEmpty() ? "" : name + ".";
        List<Parameter> tensors = new ArrayList<>();
        for (JsonNode tensor : node.path("p")) {
            String parameter = prefix + tensor.get(0).asText();
            tensors.add(tensor(parameter, tensor, false, ties.path(parameter).textValue()));
        }
        for (JsonNode tensor : node.path("b")) {
            tensors.add(tensor(prefix + tensor.get(0).asText(), tensor, true, null));
        }
        List<ModuleNode> children = new ArrayList<>();
        node.path("c")
                .forEach(child -> children.add(module(prefix + child.path("n").asText(), child, ties)));
        return new ModuleNode(name, "Module", node.path("s").asBoolean(), tensors, children);
    }

    private static Parameter tensor(String name, JsonNode tensor, boolean buffer, @Nullable String tiedTo) {
        return new Parameter(name, Shape.of(tensor.get(1).asLong()), buffer, tiedTo);
    }

    private static DeviceId device(String golden) {
        return switch (golden) {
            case "cpu" -> DeviceId.HOST;
            case "disk" -> DeviceId.DISK;
            default -> DeviceId.gpu(Integer.parseInt(golden));
        };
    }
}
