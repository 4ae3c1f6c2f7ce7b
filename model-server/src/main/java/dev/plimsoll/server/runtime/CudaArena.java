package dev.plimsoll.server.runtime;

import dev.plimsoll.server.cuda.CudaContext;
import java.util.ArrayList;
import java.util.List;

/** Memory of a GPU that is taken in large blocks and given out from the front. */
final class CudaArena implements AutoCloseable {
    /** What libtorch's kernels like best. */
    private static final long ALIGNMENT = 256;
    /** The driver gives no less. */
    private static final long GRANULE = 2L << 20;

    private final CudaContext context;
    private final List<Long> blocks = new ArrayList<>();
    private final long planned;
    private long next;
    private long end;
    private long bytes;

    /**
     * An arena without blocks.
     *
     * @param planned bytes of the first one, when something is taken
     */
    CudaArena(CudaContext context, long planned) {
        this.context = context;
        this.planned = planned;
    }

    /**
     * Room for a tensor, zeroed.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code DeviceOutOfMemory} when the GPU has not that much left
     */
    long take(long wanted) {
        long rounded = roundUp(wanted, ALIGNMENT);
        if (rounded > end - next) {
            long block = roundUp(Math.max(rounded, blocks.isEmpty() ? planned : 0), GRANULE);
            next = context.allocate(block);
            end = next + block;
            blocks.add(next);
            bytes += block;
        }
        long address = next;
        next += rounded;
        return address;
    }

    private static long roundUp(long value, long unit) {
        return Math.ceilDiv(value, unit) * unit;
    }

    /** Bytes of all blocks. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        blocks.forEach(context::free);
    }
}
