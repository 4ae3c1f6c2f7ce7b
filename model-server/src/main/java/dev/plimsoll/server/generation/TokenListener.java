package dev.plimsoll.server.generation;

/** Hears what becomes of one sequence, on the scheduler's thread: it must be quick. */
public interface TokenListener {
    /**
     * A token was generated.
     *
     * @return false to end the sequence here
     */
    boolean token(int id);

    void finished(FinishReason reason);

    /** The sequence ended without a result. */
    void failed(Exception cause);
}
