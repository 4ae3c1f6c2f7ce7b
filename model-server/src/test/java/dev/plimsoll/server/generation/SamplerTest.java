package dev.plimsoll.server.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which token follows from which logits. */
class SamplerTest {
    private static final float[] LOGITS = {0, 3, 1, 2};

    @Test
    void theSameSeedDrawsTheSame() {
        assertThat(draw(1, 1, 5)).isEqualTo(draw(1, 1, 5));
        assertThat(draw(1, 1, 5)).isNotEqualTo(draw(1, 1, 6));
    }

    @Test
    void drawsFollowTheProbabilities() {
        long ones = IntStream.of(draw(1, 1, 7)).filter(id -> id == 1).count();
        double expected = Math.exp(3) / (Math.exp(0) + Math.exp(3) + Math.exp(1) + Math.exp(2));
        assertThat(ones / 4000.0).isBetween(expected - 0.03, expected + 0.03);
    }

    @Test
    void topPLeavesTheUnlikelyOut() {
        assertThat(draw(1, 0.8, 8)).containsOnly(1, 3);
        assertThat(draw(1, Double.MIN_NORMAL, 9)).containsOnly(1);
    }

    private static int[] draw(double temperature, double topP, long seed) {
        Sampler sampler = new Sampler(new Sampling(1, temperature, topP, seed, Set.of()));
        return IntStream.range(0, 4000).map(i -> sampler.next(LOGITS)).toArray();
    }
}
