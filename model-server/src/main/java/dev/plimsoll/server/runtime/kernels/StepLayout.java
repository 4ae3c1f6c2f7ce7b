package dev.plimsoll.server.runtime.kernels;

/**
 * Where the arrays of a step lie in its block of 32-bit words on the device: a header, token ids, positions, the row of
 * each token, tiles of prompts, choices, block tables; behind them what choices refer to. A step of decode rows alone has
 * no rows and tiles, and its layout follows from their number, so that a graph knows it.
 *
 * @param tokens of all rows
 * @param decodes rows of one token that come first
 * @param tiles of prompts
 * @param choices rows that choose a token
 */
record StepLayout(int tokens, int decodes, int tiles, int choices) {
    /** Words of the header: entries of a block table, then where bias ids, bias values and masks begin. */
    static final int HEADER = 16;

    static final int TILE_WORDS = 4;
    static final int CHOICE_WORDS = 16;
    /** Tokens of one prompt that a block takes. */
    static final int TILE_TOKENS = 128;

    /** A step of decode rows alone. */
    static StepLayout decoding(int rows) {
        return new StepLayout(rows, rows, 0, rows);
    }

    boolean isDecoding() {
        return tiles == 0;
    }

    int idsAt() {
        return HEADER;
    }

    int positionsAt() {
        return idsAt() + tokens;
    }

    int rowsAt() {
        return positionsAt() + tokens;
    }

    int tilesAt() {
        return aligned(rowsAt() + (isDecoding() ? 0 : tokens));
    }

    int choicesAt() {
        return tilesAt() + tiles * TILE_WORDS;
    }

    int pagesAt() {
        return choicesAt() + choices * CHOICE_WORDS;
    }

    /** Words up to the block tables of so many rows with so many entries. */
    int end(int rows, int entries) {
        return aligned(pagesAt() + rows * entries);
    }

    private static int aligned(int word) {
        return Math.ceilDiv(word, TILE_WORDS) * TILE_WORDS;
    }
}
