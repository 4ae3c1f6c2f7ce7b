package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Checkpoints without a tokenizer, over HTTP: an encoder gives embeddings, a decoder ids for ids. */
class FamiliesE2E {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path CHECKPOINTS = Path.of("../model-server/src/test/resources/checkpoints");
    private static final Path TINY = Cluster.MODELS.resolve("e2e-tiny");
    private static Cluster cluster;

    @BeforeAll
    static void deploy() throws IOException {
        cluster = new Cluster("e2e-families");
        for (String name : List.of("bert", "gemma2")) {
            copy(name);
            cluster.apply(name, """
                    model: {uri: "pvc://models/e2e-tiny/%s"}
                    dtype: Float32
                    placement: {policy: HostOnly}
                    memory: {host: 768Mi}
                    serving: {maxSequences: 2, maxSequenceTokens: 128}
                    """.formatted(name));
        }
        cluster.awaitIs("bert", ConditionType.Ready, ConditionStatus.True);
        cluster.awaitIs("gemma2", ConditionType.Ready, ConditionStatus.True);
    }

    @AfterAll
    static void remove() throws IOException {
        cluster.close();
        delete();
    }

    @Test
    void anEncoderEmbeds() throws Exception {
        List<JsonNode> cases = cases("bert");
        List<JsonNode> inputs =
                cases.stream().map(expected -> expected.path("inputIds")).toList();
        HttpResponse<String> answer = cluster.post("bert", "/v1/embeddings", Map.of("input", inputs));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode data = JSON.readTree(answer.body()).path("data");
        assertThat(data).hasSameSizeAs(cases);
        for (int i = 0; i < cases.size(); i++) {
            float[] expected = floats(cases.get(i).path("meanPooled"));
            assertThat(floats(data.path(i).path("embedding"))).containsExactly(expected, Offset.offset(1e-3f));
        }
    }

    @Test
    void base64HoldsTheSameNumbers() throws Exception {
        Map<String, Object> one = Map.of("input", List.of(5, 6, 7));
        float[] numbers = floats(embedding(one));
        byte[] bytes = Base64.getDecoder()
                .decode(embedding(Map.of("input", List.of(5, 6, 7), "encoding_format", "base64"))
                        .textValue());
        float[] decoded = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(decoded);
        assertThat(decoded).containsExactly(numbers);
    }

    @Test
    void aDecoderGivesIdsForIds() throws Exception {
        JsonNode expected = cases("gemma2").getFirst();
        Map<String, Object> question = Map.of(
                "prompt",
                expected.path("inputIds"),
                "max_tokens",
                expected.path("greedy").size(),
                "temperature",
                0,
                "ignore_eos",
                true);
        HttpResponse<String> answer = cluster.post("gemma2", "/v1/completions", question);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body()).at("/choices/0/token_ids")).isEqualTo(expected.path("greedy"));
    }

    @Test
    void whatTheModelIsNotForIsRefusedInWords() throws Exception {
        assertRefused(cluster.post("bert", "/v1/completions", Map.of("prompt", List.of(1))), "makes embeddings");
        assertRefused(cluster.post("gemma2", "/v1/embeddings", Map.of("input", List.of(1))), "makes no embeddings");
        assertRefused(cluster.post("bert", "/v1/embeddings", Map.of("input", "some text")), "no tokenizer.json");
        assertRefused(cluster.post("bert", "/v1/embeddings", Map.of("input", List.of())), "the input is empty");
        assertRefused(
                cluster.post("bert", "/v1/embeddings", Map.of("input", List.of(100_000))), "token ids from 0 to 383");
    }

    private static void assertRefused(HttpResponse<String> answer, String words) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).at("/error/message").asText()).contains(words);
    }

    private static JsonNode embedding(Map<String, Object> request) throws Exception {
        return JSON.readTree(cluster.post("bert", "/v1/embeddings", request).body())
                .at("/data/0/embedding");
    }

    private static List<JsonNode> cases(String name) throws IOException {
        return JSON.readTree(CHECKPOINTS.resolve(name).resolve("expected.json").toFile())
                .path("cases")
                .valueStream()
                .toList();
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }

    private static void copy(String name) throws IOException {
        Path folder = Files.createDirectories(TINY.resolve(name));
        try (Stream<Path> files = Files.list(CHECKPOINTS.resolve(name))) {
            for (Path file : files.toList()) {
                Files.write(folder.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
    }

    private static void delete() throws IOException {
        try (Stream<Path> files = Files.walk(TINY)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
