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

    /** Width of the logits. */
    int vocabulary();

    /**
     * Runs one step: writes the keys and values of every token given, and returns the logits after the last token of
     * each run.
     *
     * @param runs at most one per slot
     * @return float32 logits, [runs][vocabulary], in the order of {@code runs}
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
