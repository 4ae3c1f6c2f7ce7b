package dev.plimsoll.server.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.engine.BlockTable;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import dev.plimsoll.server.engine.TokenConstraint;
import dev.plimsoll.server.runtime.torch.TestTorch;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which token follows from which logits. */
class TokenChoiceTest {
    private static final float[] LOGITS = {0, 3, 1, 2};
    private static final int ROWS = 4000;

    @Test
    void drawsFollowTheProbabilities() {
        assertShares(draw(plain(1, 0, 1, 0)), 0, 1, 2, 3);
        assertShares(draw(plain(1, 3, 1, 0)), 1, 3, 2);
        assertShares(draw(plain(1, 0, 0.8f, 0)), 1, 3);
        assertShares(draw(plain(1, 0, 1, 0.3f)), 1, 3);
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
        assertThat(draw(plain(1, 0, Float.MIN_NORMAL, 0))).containsOnly(1);
        assertThat(draw(plain(1, 1, 1, 0))).containsOnly(1);
        assertThat(draw(plain(1, 3, 0.7f, 0))).containsOnly(1, 3);
        assertThat(draw(plain(0, 0, 1, 0))).containsOnly(1);
    }

    /** The largest nuclei are beyond what is looked at first. */
    @Test
    void aNucleusOfManyIsWhatASortGives() {
        Random random = new Random(3);
        float[] logits = new float[3000];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian();
        }
        for (float share : new float[] {0.3f, 0.9f, 0.999f}) {
            double[] odds = IntStream.range(0, logits.length)
                    .mapToDouble(i -> Math.exp(logits[i]))
                    .toArray();
            double total = Arrays.stream(odds).sum();
            double[] sorted = Arrays.stream(odds).sorted().toArray();
            double least = 0;
            double mass = 0;
            for (int i = sorted.length - 1; mass < share * total; i--) {
                mass += sorted[i];
                least = sorted[i];
            }
            double floor = least * (1 - 1e-5);
            int[] drawn = draw(logits, plain(1, 0, share, 0));
            assertThat(IntStream.of(drawn).boxed()).allMatch(id -> odds[id] >= floor);
            double mean = IntStream.range(0, logits.length)
                            .filter(i -> odds[i] >= floor)
                            .mapToDouble(i -> i * odds[i])
                            .sum()
                    / mass;
            assertThat(IntStream.of(drawn).average().orElseThrow()).isCloseTo(mean, within(60.0));
        }
    }

    @Test
    void biasForbidsAndForces() {
        assertThat(next(with(0, 0, 0, 1, Map.of(1, Float.NEGATIVE_INFINITY), -1)).ids[0])
                .isEqualTo(3);
        assertThat(next(with(0, 0, 0, 1, Map.of(0, 100f), -1)).ids[0]).isZero();
    }

    /** Behind a prompt that is token 1. */
    @Test
    void whatWasSaidIsPenalized() {
        assertThat(generated(with(0, 1.5f, 0, 1, Map.of(), -1), 4)).containsExactly(1, 3, 1, 1);
        assertThat(generated(with(0, 0, 1.5f, 1, Map.of(), -1), 4)).containsExactly(1, 3, 1, 2);
        assertThat(generated(with(0, 0, 0, 4, Map.of(), -1), 3)).containsExactly(3, 2, 1);
    }

    @Test
    void onlyWhatAConstraintAllowsIsChosen() {
        TokenConstraint even = new TokenConstraint() {
            @Override
            public void allow(long[] allowed) {
                allowed[0] = 0b0101;
            }

            @Override
            public void accept(int token) {}
        };
        Choice choice = new Choice(LOGITS, 3);
        choice.add(SamplingParameters.greedy());
        choice.add(SamplingParameters.greedy());
        choice.input.sampling.constrain(1, even);
        choice.add(plain(1, 0, 1, 0));
        choice.input.sampling.constrain(2, even);
        StepOutput output = choice.choose();
        assertThat(output.ids[0]).isEqualTo(1);
        assertThat(output.ids[1]).isEqualTo(2);
        assertThat(output.ids[2]).isIn(0, 2);
    }

    @Test
    void logProbabilitiesAreTheModels() {
        StepOutput output = next(with(0, 0, 0, 1, Map.of(0, 100f), 2));
        double total = 0;
        for (float logit : LOGITS) {
            total += Math.exp(logit);
        }
        assertThat(output.ids[0]).isZero();
        assertThat(output.logprobs[0]).isCloseTo((float) -Math.log(total), within(1e-5f));
        assertThat(output.topIds).startsWith(1, 3);
        assertThat(output.topLogprobs[0]).isCloseTo((float) (3 - Math.log(total)), within(1e-5f));
    }

    @Test
    void whatAreNoLogitsFailsAlone() {
        float none = Float.NEGATIVE_INFINITY;
        for (SamplingParameters parameters : List.of(plain(0, 0, 1, 0), plain(1, 0, 0.9f, 0), plain(1, 2, 1, 0))) {
            Choice choice = new Choice(4, 4);
            choice.add(parameters, 0, Float.NaN, 1, 0);
            choice.add(parameters, 0, Float.POSITIVE_INFINITY, 1, 0);
            choice.add(parameters, none, none, none, none);
            choice.add(parameters, none, none, 3, none);
            StepOutput output = choice.choose();
            assertThat(output.failed).containsExactly(true, true, true, false);
            assertThat(output.ids[3]).isEqualTo(2);
        }
    }

    @Test
    void aRowGetsTheSameWhateverSharesItsStep() {
        Choice alone = new Choice(LOGITS, 3);
        alone.add(plain(1, 0, 0.9f, 0));
        int expected = alone.choose().ids[0];
        Choice together = new Choice(LOGITS, 3);
        together.add(with(0.5f, 1, 1, 2, Map.of(2, 1f), 3));
        together.add(plain(1, 0, 0.9f, 0));
        together.add(plain(2, 3, 1, 0.1f));
        assertThat(together.choose().ids[1]).isEqualTo(expected);
    }

    /** Rows of a step, all of one page, and the logits of each. */
    private static final class Choice {
        private final float[] logits;
        private final float[] all;
        private final StepInput input;
        private final StepOutput output;
        private final TokenChoice choice;
        private final BlockTable table = new BlockTable();

        Choice(float[] logits, int rows) {
            this(logits, rows, logits.length);
        }

        Choice(int vocabulary, int rows) {
            this(new float[vocabulary], rows, vocabulary);
        }

        private Choice(float[] logits, int rows, int vocabulary) {
            EngineLimits limits = new EngineLimits(rows, 16, rows, 1, vocabulary, 0, 0, 1);
            this.logits = logits;
            this.all = new float[rows * vocabulary];
            this.input = new StepInput(limits);
            this.output = new StepOutput(limits);
            this.choice = new TokenChoice(TestTorch.LOADED, limits);
            assertThat(new KvCache(1).extend(table, 16)).isTrue();
        }

        void add(SamplingParameters parameters) {
            add(parameters, logits);
        }

        void add(SamplingParameters parameters, float... own) {
            add(1, 0, parameters, own);
        }

        void add(int token, int position, SamplingParameters parameters, float... own) {
            int row = input.decode(token, position, table, parameters, 1);
            System.arraycopy(own, 0, all, row * own.length, own.length);
        }

        StepOutput choose() {
            choice.wrote(input, input.tokens);
            try (PtNDManager manager = (PtNDManager) TestTorch.LOADED.manager().newSubManager()) {
                Shape shape = new Shape(input.rows(), all.length / output.ids.length);
                FloatBuffer rows = FloatBuffer.wrap(all, 0, Math.toIntExact(shape.size()));
                choice.choose(input, manager.create(rows, shape, DataType.FLOAT32), output);
            }
            return output;
        }
    }

    private static int[] draw(SamplingParameters parameters) {
        return draw(LOGITS, parameters);
    }

    /** One of each seed. */
    private static int[] draw(float[] logits, SamplingParameters of) {
        int rows = Math.min(ROWS, 4_000_000 / logits.length);
        Choice choice = new Choice(logits, rows);
        for (int seed = 0; seed < rows; seed++) {
            choice.add(new SamplingParameters(
                    of.temperature(), of.topK(), of.topP(), of.minP(), 0, 0, 1, Map.of(), seed, -1));
        }
        return choice.choose().ids;
    }

    private static StepOutput next(SamplingParameters parameters) {
        Choice choice = new Choice(LOGITS, 1);
        choice.add(parameters);
        return choice.choose();
    }

    private static List<Integer> generated(SamplingParameters parameters, int count) {
        Choice choice = new Choice(LOGITS, 1);
        List<Integer> tokens = new ArrayList<>(List.of(1));
        for (int position = 0; position < count; position++) {
            choice.input.clear();
            choice.add(tokens.getLast(), position, parameters, LOGITS);
            tokens.add(choice.choose().ids[0]);
        }
        return tokens.subList(1, tokens.size());
    }

    private static SamplingParameters plain(float temperature, int topK, float topP, float minP) {
        return new SamplingParameters(temperature, topK, topP, minP, 0, 0, 1, Map.of(), 7, -1);
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
}
