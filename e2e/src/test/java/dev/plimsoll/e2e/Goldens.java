package dev.plimsoll.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the reference implementation answers in float32, greedily.
 *
 * @param greedy token ids, an end token among them when there was one
 */
record Goldens(String kind, String prompt, List<Integer> inputIds, List<Integer> greedy, String text) {
    static List<Goldens> all() throws IOException {
        JsonNode file = new ObjectMapper()
                .readTree(Path.of("model/smollm2-goldens.json").toFile());
        return file.path("cases")
                .valueStream()
                .map(node -> new Goldens(
                        node.path("kind").asText(),
                        node.path("prompt").asText(),
                        ints(node.path("inputIds")),
                        ints(node.path("greedy")),
                        node.path("text").asText()))
                .toList();
    }

    private static List<Integer> ints(JsonNode array) {
        return array.valueStream().map(JsonNode::intValue).toList();
    }
}
