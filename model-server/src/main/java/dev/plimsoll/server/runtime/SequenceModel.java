package dev.plimsoll.server.runtime;

import java.util.List;

/**
 * A loaded model with a batched KV cache. A sequence is a slot of that cache; the caller decides which slots take part
 * in a step. Calls are made by one thread.
 */
public interface SequenceModel {
    /** Slots of the KV cache. */
    int slots();

    /** Tokens that a slot holds. */
    int slotTokens();

    /** Tokens that one {@link Run} may hold. */
    int maxRunTokens();

    /** Numbers that a step gives for each run: a logit for every token, or the hidden width of an encoder. */
    int width();

    /**
     * Runs one step: writes the keys and values of every token given, and returns the logits after the last token of
     * each run. An encoder takes whole inputs and returns the mean of the hidden states of each.
     *
     * @param runs at most one per slot
     * @return float32 values, [runs][width], in the order of {@code runs}
     */
    float[][] step(List<Run> runs);

    /**
     * Consecutive tokens of one sequence.
     *
     * @param position of the first token in its sequence; what lies before it was written by earlier steps
     * @param tokens at least one
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Run(int slot, int position, int[] tokens) {}
}
