package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.server.architecture.Architecture.Task;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients get over HTTP, and what they cannot do to each other. */
class ApiServerTest {
    private static final String COMPLETIONS = "/v1/completions";

    @Test
    void aCompletionHasTheTokensOfItsPrompt() throws Exception {
        try (TestApi api = TestApi.open()) {
            JsonNode answer = api.post(COMPLETIONS, "{\"model\": \"counting\", \"prompt\": [1, 2], \"max_tokens\": 5}");
            assertThat(answer.at("/object").asText()).isEqualTo("text_completion");
            assertThat(ids(answer.at("/choices/0/token_ids"))).isEqualTo(CountingGenerator.tokens(new int[] {3}, 5));
            assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
            assertThat(answer.at("/usage").toString())
                    .isEqualTo("{\"prompt_tokens\":2,\"completion_tokens\":5,\"total_tokens\":7}");
        }
    }

    @Test
    void choicesOfABatchStandInItsOrder() throws Exception {
        try (TestApi api = TestApi.open()) {
            JsonNode answer = api.post(COMPLETIONS, "{\"prompt\": [[10], [20]], \"n\": 2, \"max_tokens\": 2}");
            assertThat(answer.at("/choices")).hasSize(4);
            for (int i = 0; i < 4; i++) {
                assertThat(answer.at("/choices/" + i + "/index").asInt()).isEqualTo(i);
                assertThat(ids(answer.at("/choices/" + i + "/token_ids")))
                        .isEqualTo(CountingGenerator.tokens(new int[] {i < 2 ? 10 : 20}, 2));
            }
            assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(2);
            assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(8);
        }
    }

    @Test
    void aStreamEndsWithItsCountsAndDone() throws Exception {
        try (TestApi api = TestApi.open()) {
            HttpResponse<String> answer = api.send(
                    "POST",
                    COMPLETIONS,
                    "{\"prompt\": [7], \"max_tokens\": 3, \"stream\": true, \"stream_options\": {\"include_usage\":"
                            + " true}}");
            assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
            List<String> events = events(answer.body());
            assertThat(events.getLast()).isEqualTo("[DONE]");
            JsonNode counts = TestApi.json(events.get(events.size() - 2));
            assertThat(counts.at("/choices")).isEmpty();
            assertThat(counts.at("/usage/completion_tokens").asInt()).isEqualTo(3);
            List<Integer> ids = new ArrayList<>();
            for (String event : events.subList(0, events.size() - 2)) {
                assertThat(TestApi.json(event).has("usage")).isTrue();
                assertThat(TestApi.json(event).path("usage").isNull()).isTrue();
                ids.addAll(ids(TestApi.json(event).at("/choices/0/token_ids")));
            }
            assertThat(ids).isEqualTo(CountingGenerator.tokens(new int[] {7}, 3));
        }
    }

    private static List<String> events(String body) {
        return List.of(body.split("\n\n")).stream()
                .map(event -> event.substring("data: ".length()))
                .toList();
    }

    private static List<Integer> ids(JsonNode ids) {
        return ids.valueStream().map(JsonNode::asInt).toList();
    }

    @Test
    void embeddingsAreNumbersOrBase64OfAnyLength() throws Exception {
        try (TestApi api = TestApi.open()) {
            api.task = Task.EMBED;
            JsonNode answer = api.post("/v1/embeddings", "{\"input\": [[1], [1, 2, 3, 4]]}");
            assertThat(answer.at("/data/1/embedding").toString()).isEqualTo("[3.0,4.0,0.0]");
            assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(5);
            JsonNode shorter = api.post("/v1/embeddings", "{\"input\": [1, 2, 3, 4], \"dimensions\": 2}");
            assertThat(shorter.at("/data/0/embedding").toString()).isEqualTo("[0.6,0.8]");
            JsonNode base64 = api.post("/v1/embeddings", "{\"input\": [1], \"encoding_format\": \"base64\"}");
            assertThat(base64.at("/data/0/embedding").asText()).isEqualTo("AABAQAAAgD8AAAAA");
            assertThat(api.post("/v1/embeddings", "{\"input\": [1], \"dimensions\": 4}")
                            .at("/error/param")
                            .asText())
                    .isEqualTo("dimensions");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | /v1/models/other | 404 | model",
                "GET | /nothing | 404 | null",
                "DELETE | /v1/models | 405 | null",
                "GET | /v1/completions | 405 | null",
                "POST | /v1/chat/completions | 400 | messages",
            })
    void everyErrorHasTheShapeThatClientsExpect(String method, String path, int status, String param) throws Exception {
        try (TestApi api = TestApi.open()) {
            HttpResponse<String> answer = api.send(method, path, "{}");
            assertThat(answer.statusCode()).isEqualTo(status);
            JsonNode error = TestApi.json(answer.body()).path("error");
            assertThat(error.fieldNames()).toIterable().containsExactly("message", "type", "param", "code");
            assertThat(error.path("param").asText()).isEqualTo(param);
            assertThat(answer.headers().firstValue("X-Request-Id").orElseThrow())
                    .startsWith("req_");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    @Test
    void aRequestKeepsTheIdThatItCameWith() throws Exception {
        try (TestApi api = TestApi.open()) {
            HttpResponse<String> named = api.send("GET", "/v1/models/counting", "", "X-Request-Id", "mine-1");
            assertThat(named.headers().firstValue("X-Request-Id")).contains("mine-1");
            assertThat(TestApi.json(named.body()).path("max_model_len").asInt()).isEqualTo(TestApi.MAX_TOKENS);
        }
    }

    @Test
    void theVersionIsTold() throws Exception {
        try (TestApi api = TestApi.open()) {
            assertThat(api.send("GET", "/version", "").body()).isEqualTo("{\"version\":\"1.2.3\"}");
        }
    }

    @Test
    void idsAndLengthsAreCheckedBeforeTheEngineHearsOfThem() throws Exception {
        try (TestApi api = TestApi.open()) {
            assertThat(param(api, "{\"prompt\": [1000]}")).isEqualTo("prompt");
            assertThat(param(api, "{\"prompt\": [-1]}")).isEqualTo("prompt");
            assertThat(param(api, "{\"prompt\": []}")).isEqualTo("prompt");
            assertThat(param(api, "{\"prompt\": \"text\"}")).isEqualTo("prompt");
            assertThat(param(api, "{\"prompt\": [1], \"stop_token_ids\": [1000]}"))
                    .isEqualTo("stop_token_ids");
            assertThat(param(api, "{\"prompt\": [1], \"logit_bias\": {\"1000\": 1}}"))
                    .isEqualTo("logit_bias");
            assertThat(param(api, "{\"prompt\": [1], \"max_tokens\": 100000}")).isEqualTo("max_tokens");
            assertThat(param(api, "{\"prompt\": [1], \"stop\": \"x\"}")).isEqualTo("stop");
            assertThat(param(api, "{\"prompt\": [1], \"model\": \"other\"}")).isEqualTo("model");
            JsonNode tooLong = api.post(COMPLETIONS, "{\"prompt\": [" + "1,".repeat(100_000) + "1]}");
            assertThat(tooLong.at("/error/code").asText()).isEqualTo("context_length_exceeded");
            assertThat(tooLong.at("/error/param").asText()).isEqualTo("prompt");
        }
    }

    private static String param(TestApi api, String body) throws IOException, InterruptedException {
        return api.post(COMPLETIONS, body).at("/error/param").asText();
    }

    @Test
    void scoresAreRefusedByName() throws Exception {
        try (TestApi api = TestApi.open()) {
            for (String path : List.of("/v1/rerank", "/rerank", "/score", "/v1/score", "/classify", "/pooling")) {
                HttpResponse<String> answer = api.send("POST", path, "{\"query\": \"a\", \"documents\": [\"b\"]}");
                assertThat(answer.statusCode()).isEqualTo(404);
                assertThat(answer.body()).contains(path, "no family that is served has a head that scores");
            }
        }
    }

    @Test
    void aServerThatDoesNotServeSaysWhenToComeBack() throws Exception {
        try (TestApi api = TestApi.open()) {
            for (Phase phase : List.of(Phase.Loading, Phase.Draining)) {
                api.phase = phase;
                HttpResponse<String> answer = api.send("POST", COMPLETIONS, "{\"prompt\": [1]}");
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            }
        }
    }

    @Test
    void whatIsTooMuchIsTurnedAwayWithATime() throws Exception {
        try (TestApi api = new TestApi(HttpLimits.DEFAULT, ApiKeys.none(), new CountingGenerator(1, 0))) {
            HttpResponse<String> answer = api.send("POST", COMPLETIONS, "{\"prompt\": [1], \"n\": 2}");
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    void whatTheEngineThrowsIsNotToldToClients() throws Exception {
        try (TestApi api = TestApi.open()) {
            api.generator.fail(new IllegalStateException("/secret/path"));
            HttpResponse<String> whole = api.send("POST", COMPLETIONS, "{\"prompt\": [1]}");
            assertThat(whole.statusCode()).isEqualTo(500);
            assertThat(whole.body()).contains("internal_error").doesNotContain("secret");
        }
    }

    @Test
    void aStreamThatFailsLaterEndsWithAnErrorEvent() throws Exception {
        try (TestApi api = new TestApi(HttpLimits.DEFAULT, ApiKeys.none(), new CountingGenerator(9, 1_000_000))) {
            try (Socket socket = api.connect(
                    TestApi.request(COMPLETIONS, "{\"prompt\": [1], \"max_tokens\": 90000, \"stream\": true}"))) {
                assertThat(socket.getInputStream().readNBytes(200)).hasSize(200);
                api.generator.fail(new IllegalStateException("/secret/path"));
                StringBuilder rest = new StringBuilder();
                byte[] bytes = new byte[8192];
                while (!rest.toString().endsWith("0\r\n\r\n")) {
                    int count = socket.getInputStream().read(bytes);
                    rest.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
                }
                assertThat(rest.toString()).contains("internal_error").doesNotContain("[DONE]", "secret");
            }
        }
    }

    @Test
    void clientsThatGoAtAnyMomentHoldNothing() throws Exception {
        try (TestApi api = new TestApi(HttpLimits.DEFAULT, ApiKeys.none(), new CountingGenerator(9_999, 1_000_000))) {
            String request = TestApi.request(COMPLETIONS, "{\"prompt\": [1], \"max_tokens\": 90000}");
            for (int i = 0; i < 200; i++) {
                Socket socket = api.connect(i % 3 == 0 ? request.substring(0, request.length() - i % 40) : request);
                if (i % 2 == 0) {
                    socket.setSoLinger(true, 0);
                }
                socket.close();
            }
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(api.exchanges()).isZero();
                assertThat(api.connections()).isZero();
                assertThat(api.generator.running()).isZero();
            });
        }
    }

    @Test
    void headsAndBodiesThatDripAreEnded() throws Exception {
        HttpLimits quick = TestApi.limits(Duration.ofMillis(300), HttpLimits.DEFAULT.stalled());
        try (TestApi api = new TestApi(quick, ApiKeys.none(), new CountingGenerator(9, 0));
                Socket head = api.connect("POST /v1/completions HTT");
                Socket body = api.connect("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")) {
            assertThat(head.getInputStream().read()).isEqualTo(-1);
            assertThat(new String(body.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains(" 408 ")
                    .contains("request_timeout");
            await().untilAsserted(() -> assertThat(api.connections()).isZero());
        }
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedBeforeItIsSent() throws Exception {
        try (TestApi api = TestApi.open();
                Socket announced =
                        api.connect("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 6000000\r\n\r\n")) {
            assertThat(new String(announced.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains(" 413 ")
                    .contains("\"error\"");
            HttpResponse<String> chunked = api.send("POST", COMPLETIONS, " ".repeat(5 << 20) + "{}");
            assertThat(chunked.statusCode()).isEqualTo(413);
        }
    }

    @Test
    void anAnswerThatIsMadeFasterThanItIsSentReachesAClientThatTakesIt() throws Exception {
        int tokens = 1500;
        try (TestApi api = new TestApi(HttpLimits.DEFAULT, ApiKeys.none(), new CountingGenerator(tokens, 0))) {
            for (int i = 0; i < 5; i++) {
                HttpResponse<String> answer = api.send(
                        "POST", COMPLETIONS, "{\"prompt\": [1], \"max_tokens\": " + tokens + ", \"stream\": true}");
                assertThat(answer.body().length()).isGreaterThan(HttpLimits.DEFAULT.unsentBytes());
                assertThat(answer.body()).endsWith("data: [DONE]\n\n");
            }
        }
    }

    @Test
    void connectionsAreBounded() throws Exception {
        HttpLimits d = HttpLimits.DEFAULT;
        HttpLimits few = new HttpLimits(
                2,
                d.bodyBytes(),
                d.bodiesBytes(),
                d.smallBodyBytes(),
                d.head(),
                d.body(),
                d.bytesPerSecond(),
                d.unsentBytes(),
                d.allUnsentBytes(),
                d.answersBytes(),
                d.stalled(),
                d.answer(),
                d.step());
        try (TestApi api = new TestApi(few, ApiKeys.none(), new CountingGenerator(9, 0));
                Socket one = api.connect("G");
                Socket two = api.connect("G")) {
            await().untilAsserted(() -> assertThat(api.connections()).isEqualTo(2));
            try (Socket third = api.connect("")) {
                assertThat(third.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(one.isClosed() || two.isClosed()).isFalse();
        }
    }

    @Test
    void keysAreAskedForWhereThereAreSome(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("a"), "first\n\nsecond\n");
        try (TestApi api = new TestApi(HttpLimits.DEFAULT, ApiKeys.of(folder), new CountingGenerator(9, 0))) {
            assertThat(api.send("GET", "/v1/models", "").statusCode()).isEqualTo(401);
            assertThat(api.send("GET", "/v1/models", "", "Authorization", "Bearer wrong")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(api.send("GET", "/v1/models", "", "Authorization", "Bearer second")
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
