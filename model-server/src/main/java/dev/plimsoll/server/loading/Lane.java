package dev.plimsoll.server.loading;

import dev.plimsoll.server.device.Device;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What goes to one device, in the order of the files; readers take from it side by side. */
final class Lane {
    /** Chunks that each reader must still have before it to be worth the staging buffers of one more. */
    private static final int WORTH_HELP = 8;

    private final Device device;
    private final List<Chunk> chunks;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger readers = new AtomicInteger();

    Lane(Device device, List<Chunk> chunks) {
        this.device = device;
        this.chunks = chunks;
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
    @Nullable
    Chunk take() {
        int next = taken.getAndIncrement();
        return next < chunks.size() ? chunks.get(next) : null;
    }

    int left() {
        return Math.max(0, chunks.size() - taken.get());
    }

    boolean needsReader() {
        return left() > WORTH_HELP * readers.get();
    }

    /** Nothing more is taken. */
    void stop() {
        taken.set(chunks.size());
    }
}
