package dev.plimsoll.server.engine;

import java.util.Objects;

/**
 * The rows of one step, as arrays that are filled again for every step: nothing is allocated. Decode rows come first,
 * one token each; then prompt spans. Readers index the arrays up to {@link #rows()} and {@link #tokenCount()} and do not
 * change them.
 */
public final class StepInput {
    /** Token ids, {@code [tokenCount]}: decode rows, then spans. Negative: see {@link #chosenBy}. */
    public final int[] tokens;
    /** Position of each token in its sequence, {@code [tokenCount]}. */
    public final int[] positions;
    /** First token of each row, and behind the last row the number of tokens, {@code [rows + 1]}. */
    public final int[] starts;
    /** Block tables, {@code [rows, pagesPerSequence]}; entries beyond a row's tokens are undefined. */
    public final int[] pages;
    /** Whether a token is to be chosen behind the row, {@code [rows]}: not where more of a prompt follows. */
    public final boolean[] choosing;
    /** How tokens are chosen, by row. */
    public final SamplingTable sampling;

    private final EngineLimits limits;
    private int decodes;
    private int rows;

    public StepInput(EngineLimits limits) {
        this.limits = limits;
        this.tokens = new int[limits.maxBatchedTokens()];
        this.positions = new int[limits.maxBatchedTokens()];
        this.starts = new int[limits.maxSequences() + 1];
        this.pages = new int[limits.pages() == 0 ? 0 : limits.maxSequences() * limits.pagesPerSequence()];
        this.choosing = new boolean[limits.maxSequences()];
        this.sampling = new SamplingTable(limits);
    }

    /** Decode rows: the first of all rows. */
    public int decodes() {
        return decodes;
    }

    /** Rows in all. */
    public int rows() {
        return rows;
    }

    public int tokenCount() {
        return starts[rows];
    }

    /** Tokens of a row. */
    public int length(int row) {
        return starts[row + 1] - starts[row];
    }

    /** Position of a row's first token: as many tokens of its sequence are in the KV cache already. */
    public int position(int row) {
        return positions[starts[row]];
    }

    /** Room for more tokens. */
    public int room() {
        return rows == limits.maxSequences() ? 0 : limits.maxBatchedTokens() - tokenCount();
    }

    public void clear() {
        decodes = 0;
        rows = 0;
        sampling.clear();
    }

    /**
     * What stands for "the token that this row of the step begun last chose" in {@link #tokens}, for a token that the host
     * has not read yet. The other way round it is its own inverse: {@code chosenBy(tokens[i])} is the row.
     */
    public static int chosenBy(int row) {
        return -1 - row;
    }

    /**
     * Adds a decode row; before any span.
     *
     * @param token an id or {@link #chosenBy}
     * @param position of the token
     * @param table with a page for it
     * @param parameters how the next token is chosen
     * @param promptTokens tokens of the sequence that are its prompt
     * @return the row
     */
    public int decode(int token, int position, BlockTable table, SamplingParameters parameters, int promptTokens) {
        if (decodes != rows) {
            throw new IllegalStateException("a decode row behind a prompt span");
        }
        int start = tokenCount();
        tokens[start] = token < 0 ? token : Objects.checkIndex(token, limits.vocabulary());
        decodes++;
        return add(position, 1, table, true, parameters, promptTokens);
    }

    /**
     * Adds consecutive tokens of a prompt.
     *
     * @param ids of the sequence
     * @param from position of the first one
     * @param to position behind the last one
     * @param table with pages for them; empty where the engine encodes
     * @param choose whether a token is chosen behind them
     * @return the row
     */
    public int prompt(
            int[] ids,
            int from,
            int to,
            BlockTable table,
            boolean choose,
            SamplingParameters parameters,
            int promptTokens) {
        int start = tokenCount();
        for (int i = from; i < to; i++) {
            tokens[start + i - from] = Objects.checkIndex(ids[i], limits.vocabulary());
        }
        return add(from, to - from, table, choose, parameters, promptTokens);
    }

    private int add(
            int position,
            int length,
            BlockTable table,
            boolean choose,
            SamplingParameters parameters,
            int promptTokens) {
        Objects.checkFromIndexSize(position, length, limits.maxSequenceTokens());
        int row = rows++;
        int start = starts[row];
        for (int i = 0; i < length; i++) {
            positions[start + i] = position + i;
        }
        starts[rows] = start + length;
        choosing[row] = choose;
        if (limits.pages() > 0) {
            table.copyTo(pages, row * limits.pagesPerSequence(), Math.ceilDiv(position + length, KvCache.PAGE_TOKENS));
        }
        sampling.set(row, parameters, position + length, promptTokens);
        return row;
    }
}
