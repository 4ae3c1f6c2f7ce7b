package dev.plimsoll.server.placement;

import dev.plimsoll.api.ByteSize;
import java.util.Optional;

/**
 * What the server keeps of the pages of the KV cache in memory whose size does not depend on the model: who holds each,
 * what tokens it has, how it is found again, the tokens of the sequences, and block tables of a whole step.
 */
final class PageTables {
    /** Counts, links and the prefix index 108 bytes, tokens for penalties 64, tokens of sequences 64. */
    private static final long BYTES_OF_A_PAGE = 236;

    /** In the input of a step and in the table of a sequence. */
    private static final long BYTES_OF_AN_ENTRY = 12;

    /** Of a heap of 160 MiB. */
    private static final long MOST_BYTES = 64L << 20;

    private PageTables() {}

    /**
     * Why they do not fit; empty when they do.
     *
     * @param pages of the KV cache
     * @throws ArithmeticException when there are more pages than can be counted
     */
    static Optional<String> tooLarge(int pages, int sequences, int tokens) {
        long entries = CachePages.of(sequences, tokens);
        long bytes = Math.addExact(
                Math.multiplyExact(BYTES_OF_A_PAGE, (long) pages), Math.multiplyExact(BYTES_OF_AN_ENTRY, entries));
        return bytes <= MOST_BYTES
                ? Optional.empty()
                : Optional.of(sequences + " sequences of " + tokens + " tokens with a KV cache of "
                        + (long) pages * CachePages.TOKENS + " tokens take " + ByteSize.format(bytes)
                        + " of the server's heap for their pages, and may take " + ByteSize.format(MOST_BYTES)
                        + ": lower serving.maxSequences or serving.maxSequenceTokens");
    }
}
