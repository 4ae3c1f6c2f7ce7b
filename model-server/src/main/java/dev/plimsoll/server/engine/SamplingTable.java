package dev.plimsoll.server.engine;

import java.util.Arrays;
import java.util.Map;

/**
 * How each row of a step chooses its token, a column for each of {@link SamplingParameters}. In this order: bias and
 * constraint are applied to the logits, then penalties, then the temperature divides them; of the softmax, tokens below
 * {@code minP} times the largest go, then all but the {@code topK} largest, then all but the fewest largest that hold
 * {@code topP}, where what equals the last one of those stays; of the rest, in the order of their ids, the token is taken
 * in which the sum of probabilities passes {@link #draws} times the sum of all. At temperature 0 it is the likeliest
 * one, the lowest id among equals.
 *
 * <p>A draw is made on the host, from the seed and the position of the token to be chosen alone: devices need no
 * generator, and the same seed gives the same draws whatever shares the step.
 */
public final class SamplingTable {
    /** Biases of one step, of all rows together. */
    public static final int MAX_BIASES = 1 << 16;

    public final float[] temperatures;
    /** 0 is all. */
    public final int[] topK;

    public final float[] topP;
    public final float[] minP;
    public final float[] presencePenalties;
    public final float[] frequencyPenalties;
    public final float[] repetitionPenalties;
    /** In [0, 1). */
    public final float[] draws;
    /** As {@link SamplingParameters#logprobs}, at most {@link StepOutput#MAX_LOGPROBS}. */
    public final int[] logprobs;
    /**
     * Tokens of a row's sequence that are its prompt. Those behind them, this step's token included, were generated: they
     * count for presence and frequency; all of them count for repetition.
     */
    public final int[] promptTokens;
    /** First entry of each row in {@link #biasIds()}, and behind the last row their number, {@code [rows + 1]}. */
    public final int[] biasStarts;
    /** Which row of {@link #allowed()} limits a row; -1 is none. */
    public final int[] constraints;

    private final int words;
    private int[] biasIds = new int[64];
    private float[] biasValues = new float[64];
    private long[] allowed = new long[0];
    private final long[] mask;
    private int constrained;
    private boolean greedy = true;

    SamplingTable(EngineLimits limits) {
        int rows = limits.maxSequences();
        this.words = Math.ceilDiv(limits.vocabulary(), Long.SIZE);
        this.temperatures = new float[rows];
        this.topK = new int[rows];
        this.topP = new float[rows];
        this.minP = new float[rows];
        this.presencePenalties = new float[rows];
        this.frequencyPenalties = new float[rows];
        this.repetitionPenalties = new float[rows];
        this.draws = new float[rows];
        this.logprobs = new int[rows];
        this.promptTokens = new int[rows];
        this.biasStarts = new int[rows + 1];
        this.constraints = new int[rows];
        this.mask = new long[words];
    }

    /** Whether every row takes its likeliest token, with nothing added, forbidden or told. */
    public boolean isGreedy() {
        return greedy;
    }

    /** Ids with a bias, of all rows. */
    public int[] biasIds() {
        return biasIds;
    }

    /** What is added to their logits; negative infinity forbids. */
    public float[] biasValues() {
        return biasValues;
    }

    /** Rows of {@link #allowed()}. */
    public int constrained() {
        return constrained;
    }

    /** Bits of the tokens that may be chosen, {@code [constrained, ceil(vocabulary / 64)]}. */
    public long[] allowed() {
        return allowed;
    }

    /** Whether a row looks at the tokens of its sequence. */
    public boolean isPenalized(int row) {
        return presencePenalties[row] != 0 || frequencyPenalties[row] != 0 || repetitionPenalties[row] != 1;
    }

    void clear() {
        constrained = 0;
        greedy = true;
    }

    void set(int row, SamplingParameters parameters, int position, int prompt) {
        temperatures[row] = parameters.temperature();
        topK[row] = parameters.topK();
        topP[row] = parameters.topP();
        minP[row] = parameters.minP();
        presencePenalties[row] = parameters.presencePenalty();
        frequencyPenalties[row] = parameters.frequencyPenalty();
        repetitionPenalties[row] = parameters.repetitionPenalty();
        draws[row] = draw(parameters.seed(), position);
        logprobs[row] = Math.min(parameters.logprobs(), StepOutput.MAX_LOGPROBS);
        promptTokens[row] = prompt;
        constraints[row] = -1;
        biasStarts[row + 1] = biasStarts[row];
        greedy &= parameters.isGreedy() && !isPenalized(row) && parameters.logprobs() < 0;
        for (Map.Entry<Integer, Float> bias : parameters.logitBias().entrySet()) {
            bias(row, bias.getKey(), bias.getValue());
        }
    }

    /** Adds a bias to the row that was added last. */
    public void bias(int row, int id, float value) {
        int place = biasStarts[row + 1]++;
        if (place == biasIds.length) {
            biasIds = Arrays.copyOf(biasIds, 2 * place);
            biasValues = Arrays.copyOf(biasValues, 2 * place);
        }
        biasIds[place] = id;
        biasValues[place] = value;
        greedy = false;
    }

    /** Limits the row that was added last to what a constraint allows now. */
    public void constrain(int row, TokenConstraint constraint) {
        int from = constrained * words;
        if (allowed.length < from + words) {
            allowed = Arrays.copyOf(allowed, Math.max(from + words, 2 * from));
        }
        Arrays.fill(mask, 0);
        constraint.allow(mask);
        System.arraycopy(mask, 0, allowed, from, words);
        constraints[row] = constrained++;
        greedy = false;
    }

    /**
     * Number in [0, 1) of a counter-based generator: a hash of seed and position.
     *
     * @see <a href="https://doi.org/10.1145/2714064.2660195">Steele, Lea, Flood: Fast splittable pseudorandom number
     *     generators</a>, whose mixing function this is
     */
    static float draw(long seed, int position) {
        long bits = mix(mix(seed + 0x9e3779b97f4a7c15L) + position * 0x9e3779b97f4a7c15L);
        return (bits >>> 40) * 0x1p-24f;
    }

    private static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
