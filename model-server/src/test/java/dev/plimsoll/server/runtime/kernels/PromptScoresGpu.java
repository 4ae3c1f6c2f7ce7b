package dev.plimsoll.server.runtime.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.generation.GenerationRequest;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.generation.TokenListener;
import dev.plimsoll.server.runtime.kernels.DenseShape.Activation;
import dev.plimsoll.server.runtime.kernels.KernelImage.Element;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How likely each token of a prompt is, by the kernels and in plain Java; run by {@code make test-gpu}. */
class PromptScoresGpu {
    private static final int VOCABULARY = 9008;

    private static final class Heard implements TokenListener {
        private final List<GeneratedToken> prompt = new ArrayList<>();
        private final List<Integer> ids = new ArrayList<>();

        @Override
        public void promptToken(GeneratedToken token) {
            prompt.add(token);
        }

        @Override
        public boolean token(GeneratedToken token) {
            return ids.add(token.id());
        }

        @Override
        public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {}

        @Override
        public void failed(Exception cause) {
            throw new AssertionError(cause);
        }
    }

    @Test
    void eachTokenOfAPromptIsAsLikelyAsTheReferenceSays() throws InterruptedException {
        var shape = new DenseShape(
                Element.FLOAT16,
                320,
                704,
                8,
                2,
                64,
                VOCABULARY,
                List.of(0, 0),
                1 / Math.sqrt(64),
                1e-6,
                Activation.SILU);
        var limits = new EngineLimits(8, 320, 512, 80, VOCABULARY, 0, 0, 2);
        try (GpuDecoder decoder = new GpuDecoder(shape, false, false, limits)) {
            Scheduler scheduler = new Scheduler(decoder.engine, 10);
            int[] prompt = new Random(3).ints(70, 0, VOCABULARY).toArray();
            Heard scored = new Heard();
            Heard other = new Heard();
            scheduler.submit(request(prompt, 4, 3), scored);
            scheduler.submit(request(prompt, 4, -1), other);
            scheduler.drain();
            scheduler.run();
            assertThat(scored.ids).isEqualTo(other.ids).hasSize(4);
            assertThat(scored.prompt).hasSize(69);
            for (int place = 1; place < prompt.length; place++) {
                float[] logits = decoder.reference.logits(Arrays.copyOf(prompt, place));
                double all = all(logits);
                GeneratedToken told = scored.prompt.get(place - 1);
                assertThat(told.id()).isEqualTo(prompt[place]);
                assertThat((double) told.logprob()).isCloseTo(logits[prompt[place]] - all, Offset.offset(0.03));
                assertThat(told.top())
                        .hasSize(3)
                        .isSortedAccordingTo((a, b) -> Float.compare(b.logprob(), a.logprob()));
                for (GeneratedToken.Candidate candidate : told.top()) {
                    assertThat((double) candidate.logprob())
                            .isCloseTo(logits[candidate.id()] - all, Offset.offset(0.03));
                }
            }
        }
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

    private static double all(float[] logits) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        return Math.log(sum);
    }
}
