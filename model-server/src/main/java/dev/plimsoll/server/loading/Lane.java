package dev.plimsoll.server.loading;

import dev.plimsoll.server.device.Device;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What goes to one device, in the order of the files; readers take from it side by side. */
final class Lane {
    /** Buffers that each reader must still have to fill before it is worth the staging of one more. */
    private static final int WORTH_HELP = 8;

    private final Device device;
    private final Chunks chunks;
    private final int bufferBytes;
    private final AtomicInteger readers = new AtomicInteger();
    private volatile long leftBytes;

    /**
     * A lane.
     *
     * @param targets those on the device
     * @param bufferBytes of a staging buffer
     */
    Lane(Device device, List<Target> targets, int bufferBytes) {
        this.device = device;
        this.chunks = new Chunks(targets, bufferBytes);
        this.bufferBytes = bufferBytes;
        this.leftBytes = targets.stream().mapToLong(Target::bytes).sum();
    }

    Device device() {
        return device;
    }

    /** A reader comes; it takes chunks until there are none. */
    void enter() {
        readers.incrementAndGet();
    }

    void leave() {
        readers.decrementAndGet();
    }

    /** The next chunk; null when all are taken. */
    synchronized @Nullable Chunk take() {
        if (leftBytes == 0) {
            return null;
        }
        Chunk chunk = chunks.next();
        leftBytes -= chunk.payload();
        return chunk;
    }

    long leftBytes() {
        return leftBytes;
    }

    boolean needsReader() {
        return leftBytes > (long) WORTH_HELP * bufferBytes * readers.get();
    }

    /** Nothing more is taken. */
    synchronized void stop() {
        leftBytes = 0;
    }
}
