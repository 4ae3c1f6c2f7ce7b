package dev.plimsoll.server.loading;

/**
 * Sizes of the loader's staging memory, which does not depend on the model.
 *
 * @param readers threads that read
 * @param buffers staging buffers of each, at least 2 so that a read overlaps a copy
 * @param bufferBytes bytes of each, a multiple of 8
 */
public record Staging(int readers, int buffers, int bufferBytes) {
    public static final Staging DEFAULT = new Staging(2, 2, 4 << 20);

    /** Bytes in all. */
    public long bytes() {
        return (long) readers * buffers * bufferBytes;
    }
}
