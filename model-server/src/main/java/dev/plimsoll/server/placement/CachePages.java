package dev.plimsoll.server.placement;

/** The KV cache is handed out in pages of some consecutive tokens of one sequence. */
public final class CachePages {
    /** Tokens of a page. */
    public static final int TOKENS = 16;

    private CachePages() {}

    /** Pages that hold so many sequences of so many tokens. */
    static int of(int sequences, int tokens) {
        return Math.multiplyExact(sequences, Math.ceilDiv(tokens, TOKENS));
    }
}
