package dev.plimsoll.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Threads that clients take turns on: a client's many tasks wait behind each other, not before others'. Where there are
 * several threads, one client never has all of them.
 */
public final class FairExecutor implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FairExecutor.class);

    private final int threads;
    private final LinkedHashMap<String, Turn> turns = new LinkedHashMap<>();
    private boolean closed;

    private static final class Turn {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private int running;
    }

    /** A task that left its client's queue, and counts as running there. */
    private record Taken(String client, Turn turn, Runnable task) {}

    /** So many threads, daemons. */
    public FairExecutor(String name, int threads) {
        this.threads = threads;
        for (int i = 0; i < threads; i++) {
            Thread.ofPlatform().daemon().name(name + "-" + i).start(this::work);
        }
    }

    /** Runs a task when it is the client's turn. */
    public synchronized void execute(String client, Runnable task) {
        turns.computeIfAbsent(client, c -> new Turn()).tasks.add(task);
        notifyAll();
    }

    /** Tasks that wait. */
    public synchronized int waiting() {
        return turns.values().stream().mapToInt(turn -> turn.tasks.size()).sum();
    }

    private void work() {
        try {
            while (true) {
                Taken taken = next();
                try {
                    taken.task().run();
                } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                    LOG.error("a task failed", e);
                } finally {
                    done(taken);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Taken next() throws InterruptedException {
        while (true) {
            if (closed) {
                throw new InterruptedException("closed");
            }
            for (Map.Entry<String, Turn> entry : turns.entrySet()) {
                Turn turn = entry.getValue();
                if (!turn.tasks.isEmpty() && turn.running < Math.max(1, threads - 1)) {
                    turn.running++;
                    Taken taken = new Taken(entry.getKey(), turn, turn.tasks.remove());
                    turns.putLast(taken.client(), turn);
                    return taken;
                }
            }
            wait();
        }
    }

    private synchronized void done(Taken taken) {
        Turn turn = taken.turn();
        turn.running--;
        if (turn.tasks.isEmpty() && turn.running == 0) {
            turns.remove(taken.client());
        }
        notifyAll();
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
