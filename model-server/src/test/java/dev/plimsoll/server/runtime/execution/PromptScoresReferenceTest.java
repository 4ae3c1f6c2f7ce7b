package dev.plimsoll.server.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.generation.GenerationRequest;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.generation.TokenListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of a prompt that are looked at several in a step have the likelihood that the logits of each beginning give. */
class PromptScoresReferenceTest {
    private static final Path CHECKPOINTS = Path.of("src/test/resources/checkpoints");
    private static final int TOKENS = 37;

    @ParameterizedTest
    @ValueSource(strings = {"llama-sharded", "mistral", "qwen3", "gemma2", "gpt2"})
    void asTheLogitsOfEachBeginning(String name) throws InterruptedException {
        int[] prompt = IntStream.range(0, TOKENS).map(i -> (11 * i + 5) % 90).toArray();
        try (LoadedModel loaded = LoadedModel.whole(CHECKPOINTS.resolve(name), Dtype.Float32)) {
            List<GeneratedToken> told = told(loaded, prompt);
            assertThat(told).hasSize(TOKENS - 1);
            for (int i = 1; i < TOKENS; i++) {
                float[] logits = loaded.step(List.of(LoadedModel.run(0, 0, Arrays.copyOf(prompt, i))))[0];
                GeneratedToken token = told.get(i - 1);
                assertThat(token.id()).isEqualTo(prompt[i]);
                assertThat(token.logprob()).as("token %d", i).isCloseTo(logprob(logits, prompt[i]), within(1e-3f));
                assertThat(token.top())
                        .hasSize(2)
                        .isSortedAccordingTo((a, b) -> Float.compare(b.logprob(), a.logprob()));
                assertThat(token.top().getFirst().logprob())
                        .isCloseTo(logprob(logits, token.top().getFirst().id()), within(1e-3f));
            }
        }
    }

    private static float logprob(float[] logits, int id) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        return (float) (logits[id] - Math.log(sum));
    }

    private static List<GeneratedToken> told(LoadedModel loaded, int[] prompt) throws InterruptedException {
        List<GeneratedToken> told = new ArrayList<>();
        Scheduler scheduler = new Scheduler(loaded.engine(), 1);
        scheduler.submit(
                new GenerationRequest(
                        prompt, 1, 0, Set.of(), SamplingParameters.greedy(), 2, null, 0, "", Duration.ofHours(1)),
                new TokenListener() {
                    @Override
                    public void promptToken(GeneratedToken token) {
                        told.add(token);
                    }

                    @Override
                    public boolean token(GeneratedToken token) {
                        return true;
                    }

                    @Override
                    public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {}

                    @Override
                    public void failed(Exception cause) {
                        throw new AssertionError(cause);
                    }
                });
        scheduler.drain();
        scheduler.run();
        return told;
    }
}
