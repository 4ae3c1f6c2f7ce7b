package dev.plimsoll.server.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.generation.GenerationRequest;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.generation.TokenListener;
import dev.plimsoll.server.tokenization.ChatInput;
import dev.plimsoll.server.tokenization.ChatTemplate;
import dev.plimsoll.server.tokenization.TextStream;
import dev.plimsoll.server.tokenization.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The real small model gives the reference's token ids, prompts and texts, all cases sharing steps. */
class SmolLm2Test {
    private static final Path MODEL = Path.of(System.getenv()
                    .getOrDefault("PLIMSOLL_CACHE", System.getProperty("user.home") + "/.cache/plimsoll"))
            .resolve("models/SmolLM2-135M-Instruct");
    private static List<JsonNode> cases;

    @BeforeAll
    static void read() throws IOException {
        assertThat(Files.isDirectory(MODEL))
                .as(MODEL + " is missing: run e2e/model/smollm2")
                .isTrue();
        cases = new ObjectMapper()
                .readTree(Path.of("../e2e/model/smollm2-goldens.json").toFile())
                .path("cases")
                .valueStream()
                .toList();
        assertThat(cases).hasSize(12);
    }

    @Test
    void everyCaseGivesExactlyItsTokens() throws Exception {
        try (LoadedModel loaded = LoadedModel.whole(MODEL, Dtype.Float32)) {
            Scheduler scheduler = new Scheduler(loaded.engine(), cases.size());
            List<Answer> answers = new ArrayList<>();
            for (JsonNode expected : cases) {
                Answer answer = new Answer();
                scheduler.submit(
                        GenerationRequest.of(
                                ints(expected.path("inputIds")), 48, Set.of(2), SamplingParameters.greedy()),
                        answer);
                answers.add(answer);
            }
            scheduler.drain();
            scheduler.run();
            for (int i = 0; i < answers.size(); i++) {
                List<Integer> expected = boxed(cases.get(i).path("greedy"));
                assertThat(answers.get(i).ids)
                        .as(cases.get(i).path("prompt").asText())
                        .isEqualTo(expected);
                assertThat(answers.get(i).end.join())
                        .isEqualTo(expected.getLast() == 2 ? FinishReason.STOP : FinishReason.LENGTH);
            }
        }
    }

    @Test
    void promptsBecomeTheReferencesTokens() {
        ChatTemplate template = Objects.requireNonNull(ChatTemplate.open(MODEL));
        try (Tokenizer tokenizer = Objects.requireNonNull(Tokenizer.open(MODEL))) {
            for (JsonNode expected : cases) {
                String prompt = expected.path("prompt").asText();
                String rendered = expected.path("kind").asText().equals("chat")
                        ? template.render(ChatInput.of(List.of(Map.of("role", "user", "content", prompt))))
                        : prompt;
                assertThat(rendered).isEqualTo(expected.path("rendered").asText());
                assertThat(tokenizer.encode(rendered, false, 4096)).containsExactly(ints(expected.path("inputIds")));
            }
        }
    }

    @Test
    void aStreamGivesTheReferencesText() {
        try (Tokenizer tokenizer = Objects.requireNonNull(Tokenizer.open(MODEL))) {
            for (JsonNode expected : cases) {
                TextStream stream = new TextStream(tokenizer, List.of());
                StringBuilder text = new StringBuilder();
                boxed(expected.path("greedy")).forEach(id -> text.append(stream.add(id)));
                text.append(stream.end());
                assertThat(text).hasToString(expected.path("text").asText());
            }
        }
    }

    @Test
    void aStreamNeverHoldsHalfACharacterOrAPartOfAStop() {
        try (Tokenizer tokenizer = Objects.requireNonNull(Tokenizer.open(MODEL))) {
            TextStream emoji = new TextStream(tokenizer, List.of());
            StringBuilder text = new StringBuilder();
            for (int id : tokenizer.encode("a \uD83D\uDEA2 ship, \u00E9t\u00E9", false, 4096)) {
                String piece = emoji.add(id);
                assertThat(piece).doesNotContain("\uFFFD");
                text.append(piece);
            }
            assertThat(text.append(emoji.end())).hasToString("a \uD83D\uDEA2 ship, \u00E9t\u00E9");

            TextStream stopped = new TextStream(tokenizer, List.of("END of"));
            StringBuilder before = new StringBuilder();
            for (int id : tokenizer.encode("first END on, then END of it", false, 4096)) {
                before.append(stopped.add(id));
            }
            assertThat(before.append(stopped.end())).hasToString("first END on, then ");
            assertThat(stopped.isStopped()).isTrue();
        }
    }

    private static List<Integer> boxed(JsonNode array) {
        return array.valueStream().map(JsonNode::intValue).toList();
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private static final class Answer implements TokenListener {
        private final List<Integer> ids = new ArrayList<>();
        private final CompletableFuture<FinishReason> end = new CompletableFuture<>();

        @Override
        public boolean token(GeneratedToken token) {
            return ids.add(token.id());
        }

        @Override
        public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {
            if (endToken != null) {
                ids.add(endToken.id());
            }
            end.complete(reason);
        }

        @Override
        public void failed(Exception cause) {
            end.completeExceptionally(cause);
        }
    }
}
