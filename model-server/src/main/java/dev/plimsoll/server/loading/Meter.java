package dev.plimsoll.server.loading;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Counts what readers have read, and tells it now and then: a reader seldom pays for more than an addition. */
final class Meter {
    private static final long INTERVAL_NANOS = 50_000_000;

    private final long total;
    private final Consumer<Progress> listener;
    private final long start = System.nanoTime();
    private final LongAdder done = new LongAdder();
    private final AtomicLong due = new AtomicLong();

    Meter(long total, Consumer<Progress> listener) {
        this.total = total;
        this.listener = listener;
    }

    void add(long bytes) {
        done.add(bytes);
        long nanos = System.nanoTime() - start;
        long at = due.get();
        if (nanos >= at && due.compareAndSet(at, nanos + INTERVAL_NANOS)) {
            listener.accept(new Progress(done.sum(), total, nanos, null));
        }
    }

    /** Tells the end. */
    Progress finish(LoadTimes times) {
        Progress end = new Progress(done.sum(), total, System.nanoTime() - start, times);
        listener.accept(end);
        return end;
    }
}
