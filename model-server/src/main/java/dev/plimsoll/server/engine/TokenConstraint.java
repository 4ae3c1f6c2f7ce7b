package dev.plimsoll.server.engine;

/**
 * What tokens may come next in one sequence, as a grammar or a schema has it. Asked and told by one thread, in the order
 * of the tokens.
 */
public interface TokenConstraint {
    /**
     * Sets the bits of the tokens that may come next.
     *
     * @param allowed bit {@code id % 64} of word {@code id / 64}, ceil(vocabulary / 64) words; cleared by the caller
     */
    void allow(long[] allowed);

    /** Goes on behind a token that was chosen. */
    void accept(int token);
}
