package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.StepOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** What steps work in on the GPU, allocated once. All are addresses. */
final class DenseMemory {
    /** Rows of activations are padded to this: cuBLAS has its products by number of rows. */
    static final int ROWS = 64;

    /** Tokens of the vocabulary that a block of the kernel {@code adjust} takes, and bytes of what it tells. */
    static final int SLICE = 4096;

    /** Rows of logits are padded to this. */
    private static final int PRODUCT_ROWS = 8;

    private static final int PART_BYTES = 16;
    private static final int CHOSEN_COLUMNS = 3;

    private final LongUnaryOperator allocator;
    private final List<Long> allocated = new ArrayList<>();
    private long total;

    final long step;
    /** Residual stream [tokens, hidden], and what is normed of it. */
    final long x;

    final long y;
    /** Residual stream of tokens behind which a token is chosen [sequences, hidden]. */
    final long last;
    /** [tokens, hidden], to be added to the residual stream. */
    final long delta;

    final long attention;
    final long attended;
    final long gateUp;
    final long activated;
    /** Float32 [sequences, stride]. */
    final long logits;

    final long adjusted;
    final long parts;
    /** Columns of {@code maxSequences} words: id, failed, log-probability. */
    final long chosen;

    final long topIds;
    final long topLogprobs;
    /** Cosine and sine [positions, width / 2]. */
    final long rope;
    /** Token ids [pages, 16]. */
    final long pageTokens;

    /**
     * Allocates.
     *
     * @param allocator from bytes to an address
     */
    DenseMemory(LongUnaryOperator allocator, DenseShape shape, EngineLimits limits) {
        this.allocator = allocator;
        long tokens = padded(limits.maxBatchedTokens());
        long sequences = Math.ceilDiv(limits.maxSequences(), PRODUCT_ROWS) * (long) PRODUCT_ROWS;
        step = allocate(StepBlock.bytes(limits));
        x = elements(tokens * shape.hidden());
        y = elements(tokens * shape.hidden());
        last = elements(padded(limits.maxSequences()) * (long) shape.hidden());
        delta = elements(tokens * shape.hidden());
        attention = elements(tokens * shape.attentionWidth());
        attended = elements(tokens * shape.queryWidth());
        gateUp = elements(tokens * 2 * shape.intermediate());
        activated = elements(tokens * shape.intermediate());
        logits = words(sequences * shape.logitStride());
        adjusted = words(sequences * shape.logitStride());
        parts = allocate(sequences * slices(shape) * PART_BYTES);
        chosen = words((long) CHOSEN_COLUMNS * limits.maxSequences());
        topIds = words((long) StepOutput.MAX_LOGPROBS * limits.maxSequences());
        topLogprobs = words((long) StepOutput.MAX_LOGPROBS * limits.maxSequences());
        rope = words((long) limits.maxSequenceTokens() * shape.headDim());
        pageTokens = words((long) limits.pages() * KvCache.PAGE_TOKENS);
    }

    static int slices(DenseShape shape) {
        return Math.ceilDiv(shape.vocabulary(), SLICE);
    }

    static int padded(int rows) {
        return Math.ceilDiv(rows, ROWS) * ROWS;
    }

    private long elements(long count) {
        return allocate(count * KernelImage.Element.BYTES);
    }

    private long words(long count) {
        return allocate(count * Integer.BYTES);
    }

    private long allocate(long bytes) {
        long address = allocator.applyAsLong(bytes);
        allocated.add(address);
        total += bytes;
        return address;
    }

    /** Bytes in all. */
    long bytes() {
        return total;
    }

    /** Every address, to be given back. */
    List<Long> allocated() {
        return allocated;
    }
}
