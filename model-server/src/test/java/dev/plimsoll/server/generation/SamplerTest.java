package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.TokenConstraint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which token follows from which logits. */
class SamplerTest {
    private static final float[] LOGITS = {0, 3, 1, 2};

    @Test
    void theSameSeedDrawsTheSame() {
        assertThat(draw(plain(1, 0, 1, 0, 5))).isEqualTo(draw(plain(1, 0, 1, 0, 5)));
        assertThat(draw(plain(1, 0, 1, 0, 5))).isNotEqualTo(draw(plain(1, 0, 1, 0, 6)));
    }

    @Test
    void drawsFollowTheProbabilities() {
        assertShares(draw(plain(1, 0, 1, 0, 7)), 0, 1, 2, 3);
        assertShares(draw(plain(1, 3, 1, 0, 7)), 1, 3, 2);
        assertShares(draw(plain(1, 0, 0.8f, 0, 7)), 1, 3);
    }

    private static void assertShares(int[] drawn, int... from) {
        double total =
                IntStream.of(from).mapToDouble(id -> Math.exp(LOGITS[id])).sum();
        assertThat(drawn).containsOnly(from);
        for (int id : from) {
            assertThat(IntStream.of(drawn).filter(one -> one == id).count() / (double) drawn.length)
                    .as("share of " + id)
                    .isCloseTo(Math.exp(LOGITS[id]) / total, within(0.03));
        }
    }

    @Test
    void theUnlikelyAreLeftOut() {
        assertThat(draw(plain(1, 0, 0.8f, 0, 8))).containsOnly(1, 3);
        assertThat(draw(plain(1, 0, Float.MIN_NORMAL, 0, 9))).containsOnly(1);
        assertThat(draw(plain(1, 1, 1, 0, 9))).containsOnly(1);
        assertThat(draw(plain(1, 0, 1, 0.3f, 9))).containsOnly(1, 3);
        assertThat(draw(plain(1, 3, 0.7f, 0, 9))).containsOnly(1, 3);
    }

    @Test
    void biasForbidsAndForces() {
        assertThat(draw(with(0, 0, 0, 1, Map.of(1, -100f), -1), null, 1)).containsOnly(3);
        assertThat(draw(with(0, 0, 0, 1, Map.of(0, 100f), -1), null, 1)).containsOnly(0);
    }

    @Test
    void whatWasGeneratedIsPenalised() {
        assertThat(tokens(with(0, 1.5f, 0, 1, Map.of(), -1), 4)).containsExactly(1, 3, 1, 1);
        assertThat(tokens(with(0, 0, 1.5f, 1, Map.of(), -1), 4)).containsExactly(1, 3, 1, 2);
        assertThat(tokens(with(0, 0, 0, 4, Map.of(), -1), 3)).containsExactly(3, 2, 1);
    }

    @Test
    void aConstraintAllowsAndHearsTheTokens() {
        List<Integer> heard = new ArrayList<>();
        TokenConstraint even = new TokenConstraint() {
            @Override
            public void allow(long[] allowed) {
                allowed[0] = 0b0101;
            }

            @Override
            public void accept(int token) {
                heard.add(token);
            }
        };
        assertThat(draw(with(0, 0, 0, 1, Map.of(), -1), even, 3)).containsOnly(2);
        assertThat(heard).containsExactly(2, 2, 2);
    }

    @Test
    void noEndTokenIsChosenBeforeTheLeastNumberOfTokens() {
        Sampler sampler = new Sampler(request(SamplingParameters.greedy(), null, 2, Set.of(1)));
        assertThat(sampler.takesTheMostLikely()).isFalse();
        assertThat(sampler.next(LOGITS.clone()).id()).isEqualTo(3);
        assertThat(sampler.next(LOGITS.clone()).id()).isEqualTo(3);
        assertThat(sampler.takesTheMostLikely()).isTrue();
    }

    @Test
    void logProbabilitiesAreTheModels() {
        GeneratedToken token =
                new Sampler(request(with(0, 0, 0, 1, Map.of(0, 100f), 2), null, 0, Set.of())).next(LOGITS.clone());
        double total = 0;
        for (float logit : LOGITS) {
            total += Math.exp(logit);
        }
        assertThat(token.id()).isZero();
        assertThat(token.logprob()).isCloseTo((float) -Math.log(total), within(1e-5f));
        assertThat(token.top()).extracting(GeneratedToken.Candidate::id).containsExactly(1, 3);
        assertThat(token.top().getFirst().logprob()).isCloseTo((float) (3 - Math.log(total)), within(1e-5f));
    }

    @Test
    void whatAreNoLogitsIsSaid() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            for (SamplingParameters parameters : List.of(plain(1, 0, 0.9f, 0, 1), plain(1, 0, 1, 0, 1))) {
                assertThatThrownBy(
                                () -> new Sampler(request(parameters, null, 0, Set.of())).next(new float[] {0, bad, 1}))
                        .isInstanceOf(NumericalException.class);
            }
        }
        float none = Float.NEGATIVE_INFINITY;
        assertThatThrownBy(() ->
                        new Sampler(request(plain(1, 0, 1, 0, 1), null, 0, Set.of())).next(new float[] {none, none}))
                .isInstanceOf(NumericalException.class);
        assertThat(new Sampler(request(plain(1, 0, 1, 0, 1), null, 0, Set.of()))
                        .next(new float[] {none, 3, none})
                        .id())
                .isEqualTo(1);
    }

    private static SamplingParameters plain(float temperature, int topK, float topP, float minP, long seed) {
        return new SamplingParameters(temperature, topK, topP, minP, 0, 0, 1, Map.of(), seed, -1);
    }

    private static SamplingParameters with(
            float temperature,
            float presence,
            float frequency,
            float repetition,
            Map<Integer, Float> bias,
            int logprobs) {
        return new SamplingParameters(temperature, 0, 1, 0, presence, frequency, repetition, bias, 1, logprobs);
    }

    private static int[] draw(SamplingParameters parameters) {
        return draw(parameters, null, 4000);
    }

    private static int[] draw(SamplingParameters parameters, @Nullable TokenConstraint constraint, int count) {
        Sampler sampler = new Sampler(request(parameters, constraint, 0, Set.of()));
        return IntStream.range(0, count)
                .map(i -> sampler.next(LOGITS.clone()).id())
                .toArray();
    }

    private static List<Integer> tokens(SamplingParameters parameters, int count) {
        Sampler sampler = new Sampler(request(parameters, null, 0, Set.of()));
        return Stream.generate(() -> sampler.next(LOGITS.clone()).id())
                .limit(count)
                .toList();
    }

    /** After a prompt that is token 1. */
    private static GenerationRequest request(
            SamplingParameters parameters, @Nullable TokenConstraint constraint, int minTokens, Set<Integer> endIds) {
        return new GenerationRequest(
                new int[] {1}, 10, minTokens, endIds, parameters, constraint, 0, "", Duration.ofHours(1));
    }
}
