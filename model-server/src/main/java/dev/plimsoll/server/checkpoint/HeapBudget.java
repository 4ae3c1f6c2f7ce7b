package dev.plimsoll.server.checkpoint;

/** What the headers of one checkpoint may take of the heap in all, whatever their formats allow. */
final class HeapBudget {
    /** Of a heap of 160 MiB: the tensors of the largest published models take a third of it. */
    static final long HEADER_BYTES = 64L << 20;

    /** A record, its shape, its place in a map. */
    private static final int TENSOR_BYTES = 200;

    private static final int DIM_BYTES = 32;

    private long left;

    HeapBudget(long bytes) {
        this.left = bytes;
    }

    /** @throws dev.plimsoll.server.PlimsollException when there is no room for one more tensor */
    void takeTensor(String file, String name, int rank) {
        take(file, TENSOR_BYTES + 2L * name.length() + (long) DIM_BYTES * rank);
    }

    /** @throws dev.plimsoll.server.PlimsollException when there is no room for one more name */
    void takeName(String file, String name) {
        take(file, TENSOR_BYTES / 2 + 2L * name.length());
    }

    private void take(String file, long bytes) {
        left -= bytes;
        if (left < 0) {
            throw InvalidCheckpoint.in(
                    file,
                    "it names more tensors than this server has memory for",
                    "use a checkpoint with fewer tensors, or with shorter names");
        }
    }
}
