package dev.plimsoll.server.runtime.execution;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.StepInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/** Packs the arrays of a step into one tensor, in a buffer that is used again for every step. */
final class StepPacking {
    private static final int PAGE = KvCache.PAGE_TOKENS;

    private final EngineLimits limits;
    private final boolean pads;
    private final boolean looksUp;
    private final ByteBuffer bytes;
    private final LongBuffer packed;

    /**
     * A packing.
     *
     * @param pads whether block tables are padded to few lengths: kernels of GPUs are chosen, and kept, for each length
     * @param looksUp whether the rows of the embedding are brought in the order of the tokens
     */
    StepPacking(EngineLimits limits, boolean pads, boolean looksUp) {
        this.limits = limits;
        this.pads = pads;
        this.looksUp = looksUp;
        long tables = 2L * limits.maxSequences() * limits.pagesPerSequence();
        long most = 4L * limits.maxBatchedTokens() + limits.maxSequences() + (limits.pages() == 0 ? 0 : tables);
        this.bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(most * Long.BYTES)).order(ByteOrder.nativeOrder());
        this.packed = bytes.asLongBuffer();
    }

    /**
     * The tensors of a step on the host.
     *
     * @param tokens its token ids, every one known
     * @param manager owns the tensor, which is read before the next step is packed
     */
    StepTensors pack(StepInput input, int[] tokens, PtNDManager manager) {
        packed.clear();
        int count = input.tokenCount();
        long[] layout = new long[7];
        for (int i = 0; i < count; i++) {
            packed.put(looksUp ? i : tokens[i]);
        }
        layout[0] = count;
        for (int i = 0; i < count; i++) {
            packed.put(input.positions[i]);
        }
        layout[1] = count;
        int batched = batched(input);
        layout[2] = places(input);
        layout[3] = last(input);
        layout[4] = fresh(input);
        layout[5] = tables(input, batched);
        long[] spans = new long[4 * (input.rows() - batched)];
        for (int row = batched; row < input.rows(); row++) {
            layout[6] += span(input, row, spans, 4 * (row - batched));
        }
        ByteBuffer filled = bytes.slice(0, packed.position() * Long.BYTES);
        return new StepTensors(
                manager.create(filled, new Shape(packed.position()), DataType.INT64),
                layout,
                spans,
                leastPosition(input, batched));
    }

    /** Decode rows that attend in one call. One alone is a span of one token: its keys need no mask and no copy. */
    private int batched(StepInput input) {
        return input.decodes() == 1 && !pads ? 0 : input.decodes();
    }

    private int places(StepInput input) {
        if (limits.pages() == 0) {
            return 0;
        }
        for (int row = 0; row < input.rows(); row++) {
            for (int i = 0; i < input.length(row); i++) {
                int position = input.position(row) + i;
                packed.put((long) page(input, row, position / PAGE) * PAGE + position % PAGE);
            }
        }
        return input.tokenCount();
    }

    private int page(StepInput input, int row, int index) {
        return input.pages[row * limits.pagesPerSequence() + index];
    }

    /** Every step gives something, so that all parts of a model run in every step: at least one row. */
    private int last(StepInput input) {
        int chosen = 0;
        for (int row = 0; row < input.rows(); row++) {
            if (input.choosing[row]) {
                packed.put(input.starts[row + 1] - 1L);
                chosen++;
            }
        }
        if (chosen == 0) {
            packed.put(0);
        }
        return Math.max(1, chosen);
    }

    private int fresh(StepInput input) {
        int fresh = 0;
        if (limits.pages() > 0) {
            for (int row = 0; row < input.rows(); row++) {
                int end = input.position(row) + input.length(row);
                for (int index = Math.ceilDiv(input.position(row), PAGE); index * PAGE < end; index++) {
                    packed.put(page(input, row, index));
                    fresh++;
                }
            }
        }
        return fresh;
    }

    private int tables(StepInput input, int rows) {
        int most = 0;
        for (int row = 0; row < rows; row++) {
            most = Math.max(most, pages(input, row));
        }
        for (int row = 0; row < rows; row++) {
            putTable(input, row, most);
        }
        return rows * most;
    }

    /** A table that is padded repeats its last page. */
    private void putTable(StepInput input, int row, int length) {
        int own = Math.ceilDiv(input.position(row) + input.length(row), PAGE);
        for (int index = 0; index < length; index++) {
            packed.put(page(input, row, Math.min(index, own - 1)));
        }
    }

    private int pages(StepInput input, int row) {
        int own = Math.ceilDiv(input.position(row) + input.length(row), PAGE);
        return pads ? Math.max(own, Math.min(padded(own), limits.pagesPerSequence())) : own;
    }

    /** The next of four lengths in each doubling, from 64 tokens on. */
    static int padded(int pages) {
        int step = Math.max(4, Integer.highestOneBit(Math.max(1, pages - 1)) / 4);
        return Math.ceilDiv(pages, step) * step;
    }

    private int span(StepInput input, int row, long[] spans, int place) {
        spans[place] = input.position(row);
        spans[place + 1] = input.length(row);
        spans[place + 3] = -1;
        if (limits.pages() == 0) {
            return 0;
        }
        int own = Math.ceilDiv(input.position(row) + input.length(row), PAGE);
        int length = pages(input, row);
        putTable(input, row, length);
        spans[place + 2] = length;
        if (length == own && contiguous(input, row, own)) {
            spans[place + 3] = page(input, row, 0);
        }
        return length;
    }

    private boolean contiguous(StepInput input, int row, int own) {
        for (int index = 1; index < own; index++) {
            if (page(input, row, index) != page(input, row, index - 1) + 1) {
                return false;
            }
        }
        return true;
    }

    private static long leastPosition(StepInput input, int rows) {
        long least = rows == 0 ? 0 : Long.MAX_VALUE;
        for (int row = 0; row < rows; row++) {
            least = Math.min(least, input.position(row));
        }
        return least;
    }
}
