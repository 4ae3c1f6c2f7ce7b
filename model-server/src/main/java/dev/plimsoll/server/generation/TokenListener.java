package dev.plimsoll.server.generation;

import org.jspecify.annotations.Nullable;

/**
 * Hears what becomes of one sequence, on the scheduler's thread: it must be quick, and what it throws ends its own
 * sequence alone. After {@link #finished} or {@link #failed} it hears nothing more.
 */
public interface TokenListener {
    /** Name of the request, for logs. */
    default String request() {
        return "";
    }

    /** The sequence waits no longer: its prompt is read from the next step on. */
    default void admitted() {}

    /**
     * A token of the prompt is as likely as this; told of each but the first, in their order, before any is generated,
     * where it was asked for.
     */
    default void promptToken(GeneratedToken token) {}

    /**
     * A token was generated.
     *
     * @return false to end the sequence here
     */
    boolean token(GeneratedToken token);

    /**
     * The sequence ended.
     *
     * @param endToken the end token that was generated; it is a token of the sequence, but no part of its text
     */
    void finished(FinishReason reason, @Nullable GeneratedToken endToken);

    /** The sequence ended without a result. */
    void failed(Exception cause);
}
