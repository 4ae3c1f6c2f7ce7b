package dev.plimsoll.server.engine;

/**
 * What one engine takes at most, as it was planned and allocated.
 *
 * @param maxSequences rows of one step
 * @param maxSequenceTokens tokens of one sequence, prompt and answer together
 * @param maxBatchedTokens tokens of one step: its decode rows and its prompt spans together; at least
 *     {@code maxSequences}
 * @param pages pages of the KV cache that all sequences share; 0 for an encoder, which has none
 * @param vocabulary token ids are in {@code [0, vocabulary)}
 * @param vectorWidth width of an embedding; 0 for a decoder
 * @param window tokens that no layer looks back beyond, each one itself included; 0 where some layer sees all
 * @param stepsInFlight steps that may have been begun and not been awaited, 1 or 2
 */
public record EngineLimits(
        int maxSequences,
        int maxSequenceTokens,
        int maxBatchedTokens,
        int pages,
        int vocabulary,
        int vectorWidth,
        int window,
        int stepsInFlight) {
    public EngineLimits {
        if (maxSequences < 1 || maxSequenceTokens < 1 || maxBatchedTokens < maxSequences) {
            throw new IllegalArgumentException(
                    maxSequences + " sequences of " + maxSequenceTokens + " in steps of " + maxBatchedTokens);
        }
    }

    /** Entries of a block table. */
    public int pagesPerSequence() {
        return Math.ceilDiv(maxSequenceTokens, KvCache.PAGE_TOKENS);
    }

    /** Whether inputs become vectors instead of tokens. */
    public boolean encodes() {
        return vectorWidth > 0;
    }
}
