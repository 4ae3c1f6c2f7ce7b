package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.engine.SamplingParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How likely each token of a prompt is, whatever shares the steps, the pages, and is preempted. */
class PromptScoresTest {
    private static final int VOCABULARY = SummingEngine.VOCABULARY;

    private static final class Heard implements TokenListener {
        private final List<String> prompt = new ArrayList<>();
        private final List<Integer> ids = new ArrayList<>();
        private String end = "";

        @Override
        public void promptToken(GeneratedToken token) {
            assertThat(ids).isEmpty();
            prompt.add(token.id() + " " + (int) token.logprob());
        }

        @Override
        public boolean token(GeneratedToken token) {
            return ids.add(token.id());
        }

        @Override
        public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {
            end += reason;
        }

        @Override
        public void failed(Exception cause) {
            end += "failed " + cause.getMessage();
        }
    }

    @ParameterizedTest(name = "{0} pages, {1} steps under way")
    @CsvSource({"4, 1", "4, 2", "5, 1", "6, 2", "12, 1", "24, 2"})
    void eachTokenButTheFirstIsToldOfOnce(int pages, int stepsInFlight) throws InterruptedException {
        SummingEngine engine = new SummingEngine(pages, stepsInFlight);
        Scheduler scheduler = new Scheduler(engine, 100);
        List<Heard> heard = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            heard.add(new Heard());
            scheduler.submit(request(prompt(i % 4, 1 + i), 1 + i % 20, i % 3 == 0 ? -1 : 0), heard.get(i));
        }
        scheduler.drain();
        scheduler.run();
        for (int i = 0; i < 30; i++) {
            int[] prompt = prompt(i % 4, 1 + i);
            assertThat(heard.get(i).end).isEqualTo("LENGTH");
            assertThat(heard.get(i).ids).as("sequence %d", i).isEqualTo(SummingEngine.alone(prompt, 1 + i % 20));
            assertThat(heard.get(i).prompt).as("sequence %d", i).isEqualTo(i % 3 == 0 ? List.of() : scores(prompt));
        }
        assertThat(engine.cache().available()).isEqualTo(pages);
    }

    @Test
    void alonePromptsTakeAsManyRowsAsThereAre() throws InterruptedException {
        SummingEngine engine = new SummingEngine(12, 1);
        Scheduler scheduler = new Scheduler(engine, 100);
        Heard heard = new Heard();
        scheduler.submit(request(prompt(1, 31), 1, 0), heard);
        scheduler.drain();
        scheduler.run();
        assertThat(heard.prompt).isEqualTo(scores(prompt(1, 31)));
        assertThat(engine.rows).hasSize(11).startsWith(3, 3, 3).endsWith(1);
    }

    @Test
    void othersGoOnMeanwhile() throws InterruptedException {
        SummingEngine engine = new SummingEngine(12, 1);
        Scheduler scheduler = new Scheduler(engine, 100);
        Heard other = new Heard();
        Heard scored = new Heard();
        scheduler.submit(request(prompt(2, 3), 20, -1), other);
        scheduler.submit(request(prompt(1, 50), 1, 0), scored);
        List<Integer> tokensAtStep = new ArrayList<>();
        engine.beforeStep = () -> tokensAtStep.add(other.ids.size());
        scheduler.drain();
        scheduler.run();
        assertThat(tokensAtStep.subList(0, 20))
                .isEqualTo(IntStream.range(0, 20).boxed().toList());
        assertThat(scored.prompt).isEqualTo(scores(prompt(1, 50)));
    }

    private static GenerationRequest request(int[] prompt, int maxTokens, int promptLogprobs) {
        return new GenerationRequest(
                prompt,
                maxTokens,
                0,
                Set.of(),
                SamplingParameters.greedy(),
                promptLogprobs,
                null,
                0,
                "",
                Duration.ofHours(1));
    }

    private static int[] prompt(int kind, int length) {
        return IntStream.range(0, length).map(i -> (7 * i + kind) % VOCABULARY).toArray();
    }

    private static List<String> scores(int[] prompt) {
        List<String> scores = new ArrayList<>();
        int sum = prompt[0];
        for (int i = 1; i < prompt.length; i++) {
            scores.add(prompt[i] + " " + -(sum % VOCABULARY));
            sum += prompt[i];
        }
        return scores;
    }
}
