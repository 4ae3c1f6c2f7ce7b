package dev.plimsoll.server.generation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Sequences that wait to be admitted, within bounds: any thread hands them over, the engine's takes them. */
final class WaitingSequences {
    /** Tokens of prompts that wait, together. */
    static final long MAX_TOKENS = 4 << 20;

    private static final long LOOK_NANOS = 100_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AdmissionQueue<Sequence> queue;
    private final int maxRequests;
    private final LongSupplier nanoTime;
    private final Duration patience;
    private int expected;
    private boolean closed;
    private long looked;

    /**
     * None.
     *
     * @param patience how long {@link #awaitExpected} waits at most
     */
    WaitingSequences(int maxRequests, LongSupplier nanoTime, Duration patience) {
        this.queue = new AdmissionQueue<>(maxRequests, MAX_TOKENS);
        this.maxRequests = maxRequests;
        this.nanoTime = nanoTime;
        this.patience = patience;
    }

    /**
     * Queues those of one request.
     *
     * @throws OverloadedException when too many wait, or after {@link #close}
     */
    void offer(int priority, String client, List<Sequence> submitted) {
        List<AdmissionQueue.Part<Sequence>> parts = submitted.stream()
                .map(sequence -> new AdmissionQueue.Part<>(sequence, sequence.promptTokens()))
                .toList();
        lock.lock();
        try {
            if (closed) {
                throw new OverloadedException("the server is shutting down");
            }
            if (!queue.offer(priority, client, parts)) {
                dropCancelled();
                if (!queue.offer(priority, client, parts)) {
                    throw new OverloadedException(queue.requests() + " requests wait already; at most " + maxRequests
                            + " may, with " + MAX_TOKENS + " tokens of prompts together; try again later");
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** One is being prepared, until it is closed. */
    Generator.Expected expect() {
        count(1);
        var open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                count(-1);
            }
        };
    }

    private void count(int more) {
        lock.lock();
        try {
            expected += more;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits a moment for those that are being prepared. */
    void awaitExpected() throws InterruptedException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (expected > 0 && left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more; who waits for some is told. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Something else has changed that a thread may wait for. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Requests of which a sequence waits. */
    int requests() {
        lock.lock();
        try {
            dropCancelled();
            return queue.requests();
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return queue.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next one; null when none waits. */
    @Nullable
    Sequence poll() {
        lock.lock();
        try {
            return queue.isEmpty() ? null : queue.remove();
        } finally {
            lock.unlock();
        }
    }

    List<Sequence> removeAll() {
        List<Sequence> all = new ArrayList<>();
        lock.lock();
        try {
            queue.removeIf(sequence -> true, all::add);
        } finally {
            lock.unlock();
        }
        return all;
    }

    /** Now and then: drops what was cancelled, and moves to {@code late} what is late. */
    void dropGone(List<Sequence> late) {
        long now = nanoTime.getAsLong();
        if (now - looked >= LOOK_NANOS) {
            looked = now;
            lock.lock();
            try {
                dropCancelled();
                queue.removeIf(sequence -> sequence.isLate(now), late::add);
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Waits until one waits, or one is late.
     *
     * @return false when it was closed instead, and none ever will
     */
    boolean awaitAny(List<Sequence> late) throws InterruptedException {
        lock.lock();
        try {
            while (queue.isEmpty() && late.isEmpty()) {
                if (closed) {
                    return false;
                }
                changed.await();
                dropGone(late);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something is so, of which {@link #wake} tells; a moment at the most, so that what is late is seen. */
    void awaitMoment(BooleanSupplier so) throws InterruptedException {
        lock.lock();
        try {
            long left = LOOK_NANOS;
            while (left > 0 && !so.getAsBoolean()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void dropCancelled() {
        queue.removeIf(Sequence::isCancelled, cancelled -> {});
    }
}
