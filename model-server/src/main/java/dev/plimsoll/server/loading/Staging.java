package dev.plimsoll.server.loading;

import dev.plimsoll.server.checkpoint.TensorSource;

/**
 * Sizes of the loader's staging memory, which does not depend on the model.
 *
 * @param readers threads that read
 * @param buffers staging buffers of each, at least 2 so that a read overlaps a copy
 * @param bufferBytes bytes of each, a multiple of {@link TensorSource#BLOCK_BYTES} and at least two of them
 */
public record Staging(int readers, int buffers, int bufferBytes) {
    /** For devices of the host's own memory, where more readers only compete. */
    public static final Staging FOR_CPU = new Staging(2, 2, 4 << 20);

    /** More do not read faster: with so many a PCIe 5 link is full. */
    public static final int MOST_READERS = 16;

    private static final int MIN_READERS = 2;
    private static final int RING = 2;
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int MIN_BUFFER_BYTES = 1 << 20;
    /** The part of the room on the host that staging may take. */
    private static final int SHARE = 8;

    public Staging {
        if (readers < 1
                || buffers < 1
                || bufferBytes % TensorSource.BLOCK_BYTES != 0
                || bufferBytes < 2 * TensorSource.BLOCK_BYTES) {
            throw new IllegalArgumentException(readers + " x " + buffers + " x " + bufferBytes + " bytes of staging");
        }
    }

    /**
     * For GPUs: a reader for each core while the host has room, then smaller buffers. Room for 32 MiB more always
     * leaves more to others.
     *
     * @param cores of this machine that the process may use
     * @param roomBytes of the host's budget that the engine leaves
     */
    public static Staging forGpus(int cores, long roomBytes) {
        long share = Math.max(0, roomBytes / SHARE);
        long affordable = share / ((long) RING * BUFFER_BYTES);
        int readers = Math.clamp(affordable, MIN_READERS, Math.clamp(cores, MIN_READERS, MOST_READERS));
        long each = share / ((long) readers * RING) / MIN_BUFFER_BYTES * MIN_BUFFER_BYTES;
        return new Staging(readers, RING, Math.clamp(each, MIN_BUFFER_BYTES, BUFFER_BYTES));
    }

    /** Bytes in all. */
    public long bytes() {
        return (long) readers * buffers * bufferBytes;
    }
}
