package dev.plimsoll.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.plimsoll.server.checkpoint.GenerationDefaults;
import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.generation.TokenListener;
import dev.plimsoll.server.tokenization.ChatEncoder;
import dev.plimsoll.server.tokenization.ChatTemplate;
import dev.plimsoll.server.tokenization.Tokenizer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a model would say, an answer has the shape that was asked for: here it says anything that it is let say. */
class StructuredAnswersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_TOKENS = 1500;
    private static final String PERSON = """
            {"type": "object", "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer",
             "minimum": 0, "maximum": 150}, "tags": {"type": "array", "items": {"enum": ["a", "b c"]}, "maxItems": 3}},
             "required": ["name", "age", "tags"], "additionalProperties": false}""";
    private static final Map<String, String> TEMPLATES = Map.of(
            "tags", "{% if tools %}<tool_call>{% endif %}{{ messages[0].content }}",
            "mistral", "{% if tools %}[TOOL_CALLS]{% endif %}{{ messages[0].content }}",
            "llama", "{% if tools %}\"parameters\" ipython{% endif %}{{ messages[0].content }}");

    /** An answer as its client gets it, put together again where it is a stream. */
    private record Answer(String content, List<JsonNode> calls, String finish, List<Integer> ids) {}

    private static Answer ask(String tokenizer, String template, String body, long seed) throws Exception {
        return ask(Path.of("src/test/resources/tokenizers", tokenizer), template, body, seed);
    }

    private static Answer ask(Path tokenizer, String template, String body, long seed) throws Exception {
        Tokenizer tokens = Objects.requireNonNull(Tokenizer.open(tokenizer));
        Served served = new Served(
                "m",
                tokens.vocabulary(),
                2 * MAX_TOKENS,
                1,
                tokens,
                ChatEncoder.of(
                        ChatTemplate.of(Objects.requireNonNull(TEMPLATES.get(template)), Map.of(), LocalDateTime::now),
                        tokens),
                GenerationDefaults.none(Set.of(tokenizer.toString().contains("qwen") ? 421 : 2)));
        try (Generations generations = new Generations(served, Duration.ofMinutes(1));
                tokens) {
            Prepared prepared = generations.chat(
                    RequestReader.chat(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))),
                    new Caller("client", "request"));
            Heard heard = new Heard();
            GenerationAnswer answer = prepared.answer().apply(heard);
            Scheduler scheduler = new Scheduler(new RandomEngine(tokens.vocabulary(), 2 * MAX_TOKENS, seed), 10);
            scheduler.submit(
                    prepared.sequences(),
                    IntStream.range(0, prepared.sequences().size())
                            .mapToObj(choice -> listener(answer, choice, heard))
                            .toList());
            scheduler.drain();
            scheduler.run();
            prepared.release().run();
            return heard.answer();
        }
    }

    private static TokenListener listener(GenerationAnswer answer, int choice, Heard heard) {
        return new TokenListener() {
            @Override
            public boolean token(GeneratedToken token) {
                heard.ids.add(token.id());
                return answer.token(choice, token);
            }

            @Override
            public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {
                answer.finished(choice, reason, endToken);
            }

            @Override
            public void failed(Exception cause) {
                answer.failed(cause);
            }
        };
    }

    private static final class Heard implements AnswerSink {
        private final StringBuilder content = new StringBuilder();
        private final List<JsonNode> calls = new ArrayList<>();
        private final List<Integer> ids = new ArrayList<>();
        private String finish = "";

        @Override
        public void keeps(long bytes) {}

        @Override
        public void chunk(Object chunk) {
            take(JSON.<JsonNode>valueToTree(chunk).at("/choices/0"), "/delta");
        }

        @Override
        public void whole(Object answer) {
            take(JSON.<JsonNode>valueToTree(answer).at("/choices/0"), "/message");
        }

        private void take(JsonNode choice, String where) {
            content.append(choice.at(where + "/content").asText(""));
            choice.at(where + "/tool_calls").forEach(calls::add);
            finish = choice.path("finish_reason").asText(finish);
        }

        @Override
        public void end() {}

        @Override
        public void failed(Exception cause) {
            throw new AssertionError(cause);
        }

        Answer answer() {
            return new Answer(content.toString(), calls, finish, ids);
        }
    }

    private static String body(String fields) {
        return "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": " + MAX_TOKENS + ", "
                + fields + "}";
    }

    private static String schema(String schema) {
        return "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"s\", \"schema\": "
                + schema + "}}";
    }

    private static void assertFits(String schema, String json) throws Exception {
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(schema)
                        .validate(JSON.readTree(json)))
                .as("%s", json)
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"qwen, false", "qwen, true", "llama2, false", "llama2, true", "mistral, false"})
    void anAnswerFitsItsSchema(String tokenizer, boolean stream) throws Exception {
        for (int seed = 0; seed < 10; seed++) {
            Answer answer = ask(tokenizer, "tags", body(schema(PERSON) + ", \"stream\": " + stream), seed);
            assertThat(answer.finish()).isEqualTo("stop");
            assertFits(PERSON, answer.content());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen", "llama2"})
    void aJsonObjectIsOneOrIsCutByItsLength(String tokenizer) throws Exception {
        int whole = 0;
        for (int seed = 0; seed < 20; seed++) {
            Answer answer = ask(tokenizer, "tags", body("\"response_format\": {\"type\": \"json_object\"}"), seed);
            if (answer.finish().equals("stop")) {
                assertThat(JSON.readTree(answer.content()).isObject()).isTrue();
                whole++;
            } else {
                assertThat(answer.finish()).isEqualTo("length");
                assertThat(answer.ids()).hasSize(MAX_TOKENS);
            }
        }
        assertThat(whole).isPositive();
    }

    private static String tools(String more) {
        return "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"save\", \"parameters\": " + PERSON
                + "}}, {\"type\": \"function\", \"function\": {\"name\": \"stop\"}}], " + more;
    }

    @ParameterizedTest
    @CsvSource({
        "qwen, tags, false",
        "qwen, tags, true",
        "qwen, mistral, false",
        "llama2, mistral, true",
        "qwen, llama, false",
        "llama2, llama, true"
    })
    void callsThatAreAskedForComeAndFit(String tokenizer, String template, boolean stream) throws Exception {
        for (int seed = 0; seed < 10; seed++) {
            Answer answer = ask(
                    tokenizer,
                    template,
                    body(tools("\"parallel_tool_calls\": false, \"tool_choice\": \"required\", \"stream\": " + stream)),
                    seed);
            assertThat(answer.finish()).isEqualTo("tool_calls");
            assertThat(answer.content()).isIn("", "null");
            assertThat(answer.calls()).hasSize(1);
            JsonNode function = answer.calls().getFirst().path("function");
            String arguments = function.path("arguments").asText();
            if (function.path("name").asText().equals("save")) {
                assertFits(PERSON, arguments);
            } else {
                assertThat(function.path("name").asText()).isEqualTo("stop");
                assertThat(arguments).isEqualTo("{}");
            }
        }
    }

    @Test
    void theFunctionThatIsNamedIsCalled() throws Exception {
        for (int seed = 0; seed < 10; seed++) {
            Answer answer = ask(
                    "qwen",
                    "tags",
                    body(tools("\"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"save\"}}")),
                    seed);
            assertThat(answer.finish()).isEqualTo("stop");
            assertThat(answer.calls()).hasSize(1);
            assertFits(
                    PERSON, answer.calls().getFirst().at("/function/arguments").asText());
        }
    }

    @Test
    void severalCallsMayBeAskedFor() throws Exception {
        int most = 0;
        for (int seed = 0; seed < 20; seed++) {
            Answer answer = ask("qwen", "tags", body(tools("\"tool_choice\": \"required\"")), seed);
            most = Math.max(most, answer.calls().size());
            for (JsonNode call : answer.calls()) {
                assertThat(call.at("/function/name").asText()).isIn("save", "stop");
            }
        }
        assertThat(most).isGreaterThan(1);
    }

    /** As Mistral's tokenizers have it: what begins calls is a special token, which no text shows otherwise. */
    @ParameterizedTest
    @ValueSource(strings = {"required", "auto"})
    void callsBehindASpecialTokenAreFound(String choice, @TempDir Path folder) throws Exception {
        Path tokenizer = Files.createDirectory(folder.resolve("qwen"));
        ObjectNode file = (ObjectNode) JSON.readTree(
                Path.of("src/test/resources/tokenizers/qwen/tokenizer.json").toFile());
        ObjectNode marker = file.withArray("added_tokens").path(0).deepCopy();
        file.withArray("added_tokens").add(marker.put("id", 424).put("content", "[TOOL_CALLS]"));
        Files.writeString(tokenizer.resolve("tokenizer.json"), JSON.writeValueAsString(file));
        int marked = 0;
        int called = 0;
        for (int seed = 0; seed < 60; seed++) {
            Answer answer = ask(
                    tokenizer,
                    "mistral",
                    body(tools("\"tool_choice\": \"" + choice + "\"")
                            .replace("\"stop\"}", "\"stop\", \"strict\": true}")),
                    seed);
            marked += answer.ids().contains(424) ? 1 : 0;
            called += answer.ids().contains(424) && !answer.calls().isEmpty() ? 1 : 0;
        }
        assertThat(marked).isPositive();
        assertThat(called).isPositive();
    }

    /** Text comes as it likes; where it comes to a call, that fits. */
    @ParameterizedTest
    @CsvSource({"tags", "mistral", "llama"})
    void callsOfStrictToolsFitWhereTheyComeByThemselves(String template) throws Exception {
        String strict =
                tools("\"max_tokens\": 400").replace("\"name\": \"save\"", "\"name\": \"save\", \"strict\": true");
        int calls = 0;
        int texts = 0;
        for (int seed = 0; seed < 40; seed++) {
            Answer answer = ask(
                    "qwen",
                    template,
                    "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], " + strict + "}",
                    seed);
            texts += answer.content().isBlank() ? 0 : 1;
            for (JsonNode call : answer.calls()) {
                calls++;
                if (call.at("/function/name").asText().equals("save")) {
                    assertFits(PERSON, call.at("/function/arguments").asText());
                }
            }
            assertThat(answer.content()).doesNotContain("[TOOL_CALLS][{");
        }
        assertThat(calls + texts).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\": \"string\", \"pattern\": \"((((a{0,9}b?){0,9}c?){0,9}d?){0,9}e?){0,9}\"}|response_format|what is repeated may be empty",
                "{\"not\": {}}|response_format|response_format.json_schema.schema: not is not implemented: leave it out",
                "{\"type\": \"array\", \"items\": {\"uniqueItems\": true}}|response_format|items.uniqueItems is not implemented",
            })
    void whatCannotBeHeldToIsNamed(String schema, String param, String message) {
        assertThatThrownBy(() -> ask("qwen", "tags", body(schema(schema)), 0))
                .isInstanceOfSatisfying(ApiException.class, error -> {
                    assertThat(error.status()).isEqualTo(400);
                    assertThat(error.body().error().param()).isEqualTo(param);
                })
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wordpiece", "unigram"})
    void aTokenizerWithoutAllCharactersHoldsToNothing(String tokenizer) {
        assertThatThrownBy(() -> ask(tokenizer, "tags", body("\"response_format\": {\"type\": \"json_object\"}"), 0))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("response_format cannot be held to: the tokenizer of this model has no token");
    }
}
