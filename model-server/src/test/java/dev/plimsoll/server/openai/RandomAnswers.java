package dev.plimsoll.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** Asks for answers of a model that says anything that it is let say. */
final class RandomAnswers {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final int MAX_TOKENS = 1500;
    static final String PERSON = """
            {"type": "object", "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer",
             "minimum": 0, "maximum": 150}, "tags": {"type": "array", "items": {"enum": ["a", "b c"]}, "maxItems": 3}},
             "required": ["name", "age", "tags"], "additionalProperties": false}""";
    private static final Map<String, String> TEMPLATES = Map.of(
            "tags", "{% if tools %}<tool_call>{% endif %}{{ messages[0].content }}",
            "mistral", "{% if tools %}[TOOL_CALLS]{% endif %}{{ messages[0].content }}",
            "llama", "{% if tools %}\"parameters\" ipython{% endif %}{{ messages[0].content }}");

    private RandomAnswers() {}

    /** An answer as its client gets it, put together again where it is a stream. */
    record Answer(String content, List<JsonNode> calls, String finish, List<Integer> ids) {}

    static Answer ask(String tokenizer, String template, String body, long seed) throws Exception {
        return ask(Path.of("src/test/resources/tokenizers", tokenizer), template, body, seed);
    }

    static Answer ask(Path tokenizer, String template, String body, long seed) throws Exception {
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

    static String body(String fields) {
        return "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": " + MAX_TOKENS + ", "
                + fields + "}";
    }

    static void assertFits(String schema, String json) throws Exception {
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(schema)
                        .validate(JSON.readTree(json)))
                .as("%s", json)
                .isEmpty();
    }
}
