package dev.plimsoll.server.placement;

import dev.plimsoll.server.architecture.DecoderShape;

/** The KV cache is handed out in pages of some consecutive tokens of one sequence. */
public final class CachePages {
    /** Tokens of a page. */
    public static final int TOKENS = 16;

    private CachePages() {}

    /** Pages that hold so many sequences of so many tokens. */
    static int of(int sequences, int tokens) {
        return Math.multiplyExact(sequences, Math.ceilDiv(tokens, TOKENS));
    }

    /**
     * Bytes of a page over all layers.
     *
     * @throws ArithmeticException when they do not fit 64 bits
     */
    static long bytes(DecoderShape shape, int elementBytes) {
        long layer = 2L * shape.keyValueHeads() * shape.headDim() * elementBytes * TOKENS;
        return Math.multiplyExact(layer, (long) shape.layers());
    }
}
