package dev.plimsoll.server.placement;

import dev.plimsoll.server.architecture.DecoderShape;
import java.util.Arrays;

/**
 * Transient bytes of the largest step on one device: a prefill chunk, or one token of every sequence, whichever is
 * more.
 *
 * <p>While a layer runs, these are alive: the residual stream and its normed copy, the fused projections of the
 * attention and of the MLP, and the attention's scores and
 * masks; behind the last layer, the float32 logits, once more while they are cast, capped or joined, and what tokens are
 * drawn from, some rows at once.
 */
public final class Workspace {
    /** Logits that are drawn from at once; those of one sequence if that is more. */
    private static final int DRAWN = 2 << 20;
    /**
     * Of each: float32 logits, biased and constrained, and their exponentials; probabilities, their order and their sums,
     * while one is made from another.
     */
    private static final long DRAW_BYTES = 52;

    private Workspace() {}

    /**
     * Bytes for a device that holds layers.
     *
     * @param chunkTokens prompt tokens of one step
     * @param sequences sequences of one step
     * @param sequenceTokens tokens of one sequence
     * @param elementBytes bytes of an element of the dtype
     * @throws ArithmeticException when they do not fit 64 bits
     */
    public static long bytes(DecoderShape shape, int chunkTokens, int sequences, int sequenceTokens, int elementBytes) {
        long rows = Math.max(chunkTokens, sequences);
        long queries = (long) shape.heads() * shape.headDim();
        long groups = shape.heads() / Math.max(1, shape.keyValueHeads());
        long keysAndValues = 2L * shape.keyValueHeads() * shape.headDim();
        long projections = product(rows, 3 * queries + 2 * keysAndValues, elementBytes);
        long scores = product(shape.heads(), chunkTokens, sequenceTokens, Float.BYTES);
        long masks = product(2 * groups, chunkTokens, sequenceTokens, elementBytes);
        long attention = Math.addExact(projections, Math.addExact(scores, masks));
        long mlp = product(rows, 4, shape.intermediate(), elementBytes);
        long residual = product(rows, 4, shape.hidden(), elementBytes);
        long drawn = product(Math.min(sequences, rowsDrawnAtOnce(shape.vocabulary())), shape.vocabulary());
        long logits =
                Math.addExact(product(sequences, shape.vocabulary(), 2 * Float.BYTES), product(drawn, DRAW_BYTES));
        return Math.addExact(residual, Math.max(Math.max(attention, mlp), logits));
    }

    /** Rows of logits from which tokens are chosen at once. */
    public static int rowsDrawnAtOnce(int vocabulary) {
        return Math.max(1, DRAWN / Math.max(1, vocabulary));
    }

    private static long product(long... factors) {
        return Arrays.stream(factors).reduce(1, Math::multiplyExact);
    }
}
