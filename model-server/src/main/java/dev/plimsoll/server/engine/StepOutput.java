package dev.plimsoll.server.engine;

/**
 * What a step chose, as arrays that are filled again for every step, a row for each row of the input. What a row did not
 * ask for is undefined.
 */
public final class StepOutput {
    /** Most pairs of a token and its log-probability that are told for a row. */
    public static final int MAX_LOGPROBS = 20;

    /** The token that was chosen, {@code [rows]}. */
    public final int[] ids;
    /**
     * Whether the largest of a row's logits, biased and constrained, was no finite number: its id means nothing,
     * {@code [rows]}. Other rows are not affected.
     */
    public final boolean[] failed;
    /** Natural logarithm of the chosen token's probability, {@code [rows]}; before bias, penalties and temperature. */
    public final float[] logprobs;
    /** The most likely tokens, most likely first, {@code [rows, MAX_LOGPROBS]}. */
    public final int[] topIds;
    /** Their log-probabilities, {@code [rows, MAX_LOGPROBS]}. */
    public final float[] topLogprobs;
    /** Embeddings, {@code [rows, vectorWidth]}. */
    public final float[] vectors;

    public StepOutput(EngineLimits limits) {
        int rows = limits.maxSequences();
        this.ids = new int[rows];
        this.failed = new boolean[rows];
        this.logprobs = new float[rows];
        this.topIds = new int[rows * MAX_LOGPROBS];
        this.topLogprobs = new float[rows * MAX_LOGPROBS];
        this.vectors = new float[rows * limits.vectorWidth()];
    }
}
