package dev.plimsoll.server.http;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Runs tasks of one answer in their order, one at a time, on threads that many answers share. */
final class SerialTasks {
    private static final Logger LOG = Logger.getLogger(SerialTasks.class);
    private static final int AT_ONCE = 64;

    private final Executor threads;
    private final String request;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /**
     * No tasks yet.
     *
     * @param request name of the request, for logs
     */
    SerialTasks(Executor threads, String request) {
        this.threads = threads;
        this.request = request;
    }

    void execute(Runnable task) {
        tasks.add(task);
        if (count.getAndIncrement() == 0) {
            threads.execute(this::work);
        }
    }

    private void work() {
        for (int i = 0; i < AT_ONCE; i++) {
            Runnable task = Objects.requireNonNull(tasks.poll());
            try {
                task.run();
            } catch (RuntimeException | StackOverflowError e) {
                LOG.errorf(e, "request %s: a part of its answer failed", request);
            }
            if (count.decrementAndGet() == 0) {
                return;
            }
        }
        threads.execute(this::work);
    }
}
