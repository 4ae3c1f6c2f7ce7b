package dev.plimsoll.server.generation;

import java.util.OptionalInt;

/** Hears what becomes of one sequence, on the scheduler's thread: it must be quick. */
public interface TokenListener {
    /**
     * A token was generated.
     *
     * @return false to end the sequence here
     */
    boolean token(int id);

    /**
     * The sequence ended.
     *
     * @param endToken the end token that was generated; it is a token of the sequence, but no part of its text
     */
    void finished(FinishReason reason, OptionalInt endToken);

    /** The sequence ended without a result. */
    void failed(Exception cause);
}
