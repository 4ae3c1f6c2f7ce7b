package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Completions that begin with their prompts, and how likely those were: what evaluation harnesses ask for. */
class EchoTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROMPT = "Ships, and \\u00e9 shoals";

    @Test
    void aPromptAloneIsToldWithItsLikelihood() throws Exception {
        try (RandomApi api = new RandomApi()) {
            JsonNode answer = post(api, "\"echo\": true, \"logprobs\": 1, \"max_tokens\": 0");
            JsonNode choice = answer.at("/choices/0");
            String text = JSON.readTree('"' + PROMPT + '"').textValue();
            assertThat(choice.path("text").textValue()).isEqualTo(text);
            assertThat(choice.path("finish_reason").textValue()).isEqualTo("length");
            assertThat(answer.at("/usage/completion_tokens").intValue()).isZero();
            JsonNode told = choice.path("logprobs");
            int tokens = answer.at("/usage/prompt_tokens").intValue();
            assertThat(told.path("tokens")).hasSize(tokens);
            assertThat(told.path("token_logprobs")).hasSize(tokens);
            assertThat(told.path("top_logprobs")).hasSize(tokens);
            assertThat(told.at("/token_logprobs/0").isNull()).isTrue();
            assertThat(told.at("/top_logprobs/0").isNull()).isTrue();
            assertThat(told.at("/token_logprobs/1").isNumber()).isTrue();
            assertThat(told.at("/top_logprobs/1")).hasSize(1);
            assertThat(told.at("/text_offset/0").intValue()).isZero();
        }
    }

    @Test
    void whatComesBehindItGoesOnWhereItEnds() throws Exception {
        try (RandomApi api = new RandomApi()) {
            JsonNode whole = post(api, "\"echo\": true, \"logprobs\": 0, \"max_tokens\": 3, \"ignore_eos\": true");
            int prompt = whole.at("/usage/prompt_tokens").intValue();
            JsonNode told = whole.at("/choices/0/logprobs");
            String text = JSON.readTree('"' + PROMPT + '"').textValue();
            assertThat(told.path("tokens")).hasSize(prompt + 3);
            assertThat(told.path("text_offset").get(prompt).intValue()).isEqualTo(text.length());
            assertThat(whole.at("/choices/0/text").textValue()).startsWith(text);
            List<JsonNode> chunks =
                    stream(api, "\"echo\": true, \"logprobs\": 0, \"max_tokens\": 3, \"ignore_eos\": true");
            int streamed = 0;
            for (JsonNode chunk : chunks) {
                streamed += chunk.at("/choices/0/logprobs/tokens").size();
            }
            assertThat(streamed).isEqualTo(prompt + 3);
            assertThat(chunks.getFirst().at("/choices/0/text").textValue()).startsWith(text);
        }
    }

    @Test
    void noTokensAreAskedForWithAnEchoAlone() throws Exception {
        try (RandomApi api = new RandomApi()) {
            assertThat(post(api, "\"max_tokens\": 0").at("/error/param").textValue())
                    .isEqualTo("max_tokens");
            assertThat(post(api, "\"echo\": true, \"max_tokens\": 0")
                            .at("/choices/0/logprobs")
                            .isMissingNode())
                    .isTrue();
        }
    }

    private static HttpResponse<String> send(RandomApi api, String fields) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(api.url() + "/completions"))
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"prompt\": \"" + PROMPT + "\", " + fields + "}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static JsonNode post(RandomApi api, String fields) throws IOException, InterruptedException {
        return JSON.readTree(send(api, fields).body());
    }

    private static List<JsonNode> stream(RandomApi api, String fields) throws IOException, InterruptedException {
        List<JsonNode> chunks = new ArrayList<>();
        for (String line : send(api, fields + ", \"stream\": true").body().split("\n", -1)) {
            if (line.startsWith("data: {")) {
                chunks.add(JSON.readTree(line.substring("data: ".length())));
            }
        }
        return chunks;
    }
}
