package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.SamplingTable;
import dev.plimsoll.server.engine.StepInput;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Writes the input of a step into a block of page-locked memory, to be copied to the device in one piece. */
final class StepBlock {
    /** Logit biases of one step, of all rows together. */
    private static final int MAX_BIASES = SamplingTable.MAX_BIASES;

    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT;

    private final EngineLimits limits;
    private final MemorySegment words;
    private final int[] rowOfToken;

    /** A block in memory of at least {@link #bytes}. */
    StepBlock(EngineLimits limits, MemorySegment words) {
        this.limits = limits;
        this.words = words;
        this.rowOfToken = new int[limits.maxBatchedTokens()];
    }

    /** Bytes of the largest block. */
    static long bytes(EngineLimits limits) {
        int tiles = Math.ceilDiv(limits.maxBatchedTokens(), StepLayout.TILE_TOKENS) + limits.maxSequences();
        int fixed = new StepLayout(limits.maxBatchedTokens(), 0, tiles, limits.maxSequences())
                .end(limits.maxSequences(), limits.pagesPerSequence());
        long masks = (long) limits.maxSequences() * Math.ceilDiv(limits.vocabulary(), Long.SIZE) * Long.BYTES;
        return ((long) fixed + 2 * MAX_BIASES + 2 * StepLayout.TILE_WORDS) * Integer.BYTES + masks;
    }

    /** Rows and tiles of a step. */
    static StepLayout layout(StepInput input) {
        int tiles = 0;
        int choices = 0;
        for (int row = 0; row < input.rows(); row++) {
            tiles += row < input.decodes() ? 0 : Math.ceilDiv(input.length(row), StepLayout.TILE_TOKENS);
            choices += input.choosing[row] ? 1 : 0;
        }
        return new StepLayout(input.tokenCount(), input.decodes(), tiles, choices);
    }

    /**
     * Writes a step.
     *
     * @param layout may have more decode rows than the input: those are none
     * @return bytes to be copied
     */
    long write(StepInput input, StepLayout layout) {
        int entries = 0;
        for (int row = 0; row < input.rows(); row++) {
            entries = Math.max(entries, KvCache.pagesFor(input.position(row) + input.length(row)));
        }
        words.set(WORD, 0, entries);
        int tokens = input.tokenCount();
        copy(input.tokens, 0, tokens, layout.idsAt());
        copy(input.positions, 0, tokens, layout.positionsAt());
        for (int token = tokens; token < layout.tokens(); token++) {
            set(layout.idsAt() + token, 0);
            set(layout.positionsAt() + token, -1);
        }
        int tile = layout.tilesAt();
        int choice = layout.choicesAt();
        for (int row = 0; row < input.rows(); row++) {
            copy(input.pages, row * limits.pagesPerSequence(), entries, layout.pagesAt() + row * entries);
            int start = input.starts[row];
            int end = input.starts[row + 1];
            if (!layout.isDecoding()) {
                Arrays.fill(rowOfToken, start, end, row);
                copy(rowOfToken, start, end - start, layout.rowsAt() + start);
            }
            for (int first = start; row >= input.decodes() && first < end; first += StepLayout.TILE_TOKENS) {
                set(tile, first);
                set(tile + 1, Math.min(end - first, StepLayout.TILE_TOKENS));
                set(tile + 2, row);
                tile += StepLayout.TILE_WORDS;
            }
            if (input.choosing[row]) {
                choice(input, row, choice);
                choice += StepLayout.CHOICE_WORDS;
            }
        }
        for (; tile < layout.choicesAt(); tile++) {
            set(tile, 0);
        }
        for (; choice < layout.pagesAt(); choice += StepLayout.CHOICE_WORDS) {
            set(choice, -1);
            set(choice + 1, 0);
        }
        return Integer.BYTES * references(input, layout.end(input.rows(), entries));
    }

    private void choice(StepInput input, int row, int at) {
        SamplingTable sampling = input.sampling;
        int last = input.starts[row + 1] - 1;
        set(at, row);
        set(at + 1, last);
        set(at + 2, input.positions[last] + 1);
        set(at + 3, sampling.promptTokens[row]);
        set(at + 4, sampling.temperatures[row]);
        set(at + 5, sampling.topP[row]);
        set(at + 6, sampling.minP[row]);
        set(at + 7, sampling.topK[row]);
        set(at + 8, sampling.presencePenalties[row]);
        set(at + 9, sampling.frequencyPenalties[row]);
        set(at + 10, sampling.repetitionPenalties[row]);
        set(at + 11, sampling.draws[row]);
        set(at + 12, sampling.biasStarts[row]);
        set(at + 13, sampling.biasStarts[row + 1] - sampling.biasStarts[row]);
        set(at + 14, sampling.constraints[row]);
        set(at + 15, sampling.logprobs[row]);
    }

    /** Biases and masks, behind everything else. */
    private long references(StepInput input, int from) {
        SamplingTable sampling = input.sampling;
        int biases = sampling.biasStarts[input.rows()];
        if (biases > MAX_BIASES) {
            throw new IllegalArgumentException(biases + " logit biases in one step; at most " + MAX_BIASES);
        }
        int values = from + biases;
        int masks = Math.ceilDiv(values + biases, 2) * 2;
        set(1, from);
        set(2, values);
        set(3, masks);
        copy(sampling.biasIds(), 0, biases, from);
        MemorySegment.copy(
                sampling.biasValues(), 0, words, ValueLayout.JAVA_FLOAT, (long) values * Integer.BYTES, biases);
        int longs = sampling.constrained() * Math.ceilDiv(limits.vocabulary(), Long.SIZE);
        MemorySegment.copy(sampling.allowed(), 0, words, ValueLayout.JAVA_LONG, (long) masks * Integer.BYTES, longs);
        return masks + 2L * longs;
    }

    private void set(int at, int value) {
        words.setAtIndex(WORD, at, value);
    }

    private void set(int at, float value) {
        words.setAtIndex(ValueLayout.JAVA_FLOAT, at, value);
    }

    private void copy(int[] source, int from, int count, int at) {
        MemorySegment.copy(source, from, words, WORD, (long) at * Integer.BYTES, count);
    }
}
