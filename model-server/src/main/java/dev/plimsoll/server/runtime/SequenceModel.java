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

    /** Token ids are below. */
    int vocabulary();

    /**
     * Runs one step: writes the keys and values of every token given, and returns what each run wants to know about its
     * last token. An encoder takes whole inputs.
     *
     * @param runs at most one per slot
     * @return in the order of {@code runs}
     */
    List<Output> step(List<Run> runs);

    /** What is to be known after a run; less of it is less to be copied from a GPU. */
    enum Wanted {
        /** There is more to read. */
        NOTHING,
        /** The most likely next token. */
        TOKEN,
        /** The logits of all tokens; of an encoder, the mean of the hidden states. */
        VALUES
    }

    /**
     * Consecutive tokens of one sequence.
     *
     * @param position of the first token in its sequence; what lies before it was written by earlier steps
     * @param tokens at least one
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Run(int slot, int position, int[] tokens, Wanted wanted) {}

    /**
     * What a run wanted.
     *
     * @param token the most likely one, or -1
     * @param values float32, [vocabulary], or [hidden] of an encoder, or empty
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Output(int token, float[] values) {}
}
