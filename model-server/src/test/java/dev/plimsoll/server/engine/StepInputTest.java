package dev.plimsoll.server.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows of a step lie in its arrays as their Javadoc says, and a step leaves nothing for the next one. */
class StepInputTest {
    private static final EngineLimits LIMITS = new EngineLimits(4, 64, 40, 8, 100, 0, 0, 2);

    private final KvCache cache = new KvCache(8);
    private final StepInput input = new StepInput(LIMITS);

    @Test
    void decodeRowsThenSpans() {
        int row = input.decode(StepInput.chosenBy(3), 17, table(18), SamplingParameters.greedy(), 5);
        int span = input.prompt(prompt(30), 10, 30, table(30), false, SamplingParameters.greedy(), 30);
        assertThat(row).isZero();
        assertThat(span).isOne();
        assertThat(input.decodes()).isOne();
        assertThat(input.rows()).isEqualTo(2);
        assertThat(input.tokenCount()).isEqualTo(21);
        assertThat(StepInput.chosenBy(input.tokens[0])).isEqualTo(3);
        assertThat(input.positions).startsWith(17, 10, 11);
        assertThat(input.starts).startsWith(0, 1, 21);
        assertThat(input.position(1)).isEqualTo(10);
        assertThat(input.length(1)).isEqualTo(20);
        assertThat(input.choosing).startsWith(true, false);
        assertThat(input.room()).isEqualTo(19);
        assertThat(input.pages).hasSize(4 * 4);
        assertThat(new int[] {input.pages[0], input.pages[1]}).containsExactly(0, 1);
        assertThat(new int[] {input.pages[4], input.pages[5]}).containsExactly(2, 3);
        assertThat(input.sampling.isGreedy()).isTrue();
        assertThatThrownBy(() -> input.decode(1, 0, table(1), SamplingParameters.greedy(), 1))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatNoEngineTakesIsRefused() {
        assertThatThrownBy(() -> input.decode(100, 0, table(1), SamplingParameters.greedy(), 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> input.decode(1, 64, table(64), SamplingParameters.greedy(), 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> input.decode(1, 16, table(1), SamplingParameters.greedy(), 1))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStepLeavesNothingForTheNext() {
        SamplingParameters drawn =
                new SamplingParameters(0.7f, 5, 0.9f, 0.1f, 1, 0.5f, 1.1f, Map.of(3, 2f, 4, -1f), 42, 30);
        input.decode(1, 3, table(4), drawn, 2);
        input.sampling.bias(0, 7, Float.NEGATIVE_INFINITY);
        input.sampling.constrain(0, new Only(70));
        assertThat(input.sampling.isGreedy()).isFalse();
        assertThat(input.sampling.isPenalized(0)).isTrue();
        assertThat(input.sampling.biasStarts).startsWith(0, 3);
        assertThat(input.sampling.biasIds()[2]).isEqualTo(7);
        assertThat(input.sampling.logprobs[0])
                .as("no more than an output holds")
                .isEqualTo(20);
        assertThat(input.sampling.constraints[0]).isZero();
        assertThat(input.sampling.allowed()).startsWith(0L, 1L << 6);

        input.clear();
        input.decode(2, 3, table(4), SamplingParameters.greedy(), 2);
        assertThat(input.rows()).isOne();
        assertThat(input.sampling.isGreedy()).isTrue();
        assertThat(input.sampling.biasStarts).startsWith(0, 0);
        assertThat(input.sampling.constrained()).isZero();
        input.sampling.constrain(0, new Only(1));
        assertThat(input.sampling.allowed()).startsWith(2L, 0L);
    }

    @Test
    void drawsFollowFromSeedAndPositionAlone() {
        double[] draws = IntStream.range(0, 20_000)
                .mapToDouble(position -> SamplingTable.draw(7, position))
                .toArray();
        assertThat(Arrays.stream(draws).boxed()).allMatch(draw -> draw >= 0 && draw < 1);
        for (int tenth = 0; tenth < 10; tenth++) {
            double from = tenth / 10.0;
            assertThat(Arrays.stream(draws)
                            .filter(draw -> draw >= from && draw < from + 0.1)
                            .count())
                    .isBetween(1850L, 2150L);
        }
        assertThat(SamplingTable.draw(7, 3)).isEqualTo((float) draws[3]).isNotEqualTo(SamplingTable.draw(8, 3));
    }

    private record Only(int id) implements TokenConstraint {
        @Override
        public void allow(long[] allowed) {
            allowed[id / 64] |= 1L << (id % 64);
        }

        @Override
        public void accept(int token) {}
    }

    private BlockTable table(int tokens) {
        BlockTable table = new BlockTable();
        assertThat(cache.extend(table, tokens)).isTrue();
        return table;
    }

    private static int[] prompt(int length) {
        return IntStream.range(0, length).toArray();
    }
}
