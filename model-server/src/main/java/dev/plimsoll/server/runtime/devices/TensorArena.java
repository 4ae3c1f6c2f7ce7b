package dev.plimsoll.server.runtime.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/** Memory that is taken in large blocks and given out from the front. */
final class TensorArena implements AutoCloseable {
    /** What libtorch's kernels like best. */
    private static final long ALIGNMENT = 256;
    /** The driver gives no less. */
    private static final long GRANULE = 2L << 20;

    private final LongUnaryOperator allocate;
    private final LongConsumer free;
    private final List<Long> blocks = new ArrayList<>();
    private final long planned;
    private long next;
    private long end;
    private long bytes;

    /**
     * An arena without blocks.
     *
     * @param allocate gives the address of so many bytes
     * @param free takes it back
     * @param planned bytes of the first one, when something is taken
     */
    TensorArena(LongUnaryOperator allocate, LongConsumer free, long planned) {
        this.allocate = allocate;
        this.free = free;
        this.planned = planned;
    }

    /**
     * Room for a tensor.
     *
     * @return its address; for one without elements an address in a block, too, because libtorch looks where it lies
     */
    long take(long wanted) {
        long rounded = roundUp(wanted, ALIGNMENT);
        if (blocks.isEmpty() || rounded > end - next) {
            long block = roundUp(Math.max(Math.max(rounded, 1), blocks.isEmpty() ? planned : 0), GRANULE);
            next = allocate.applyAsLong(block);
            end = next + block;
            blocks.add(next);
            bytes += block;
        }
        if (wanted == 0) {
            return blocks.getLast();
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
        blocks.forEach(free::accept);
    }
}
