package dev.plimsoll.server.runtime.kernels;

/**
 * How the pages of each sequence are split over blocks where it decodes.
 *
 * @param splits blocks of a cluster
 * @param warps of a block
 */
record DecodeSplit(int splits, int warps) {
    private static final int MAX_SPLITS = 8;

    /** Compute capability of GPUs whose blocks form clusters. */
    private static final int CLUSTERS = 90;

    /**
     * As many blocks as there are multiprocessors, and small ones where they fill them; one where there are no clusters.
     *
     * @param rows sequences
     * @param tiles groups of heads that a block takes, of each of them
     */
    static DecodeSplit of(int rows, int tiles, int capability, int multiprocessors) {
        if (capability < CLUSTERS) {
            return new DecodeSplit(1, 8);
        }
        int splits = Math.clamp(Integer.highestOneBit(Math.max(1, multiprocessors / (rows * tiles))), 1, MAX_SPLITS);
        return new DecodeSplit(splits, splits * rows * tiles * 2 > multiprocessors ? 4 : 8);
    }
}
