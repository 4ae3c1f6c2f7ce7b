package dev.plimsoll.server.generation;

import dev.plimsoll.server.runtime.SequenceModel;
import dev.plimsoll.server.runtime.SequenceModel.Output;
import dev.plimsoll.server.runtime.SequenceModel.Run;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching: in every step, each running sequence generates a token, and prompts of new ones are read in
 * chunks beside them. A step never has more rows than the plan's workspace was sized for. One thread runs the model.
 */
public final class Scheduler {
    private final SequenceModel model;
    private final int maxWaiting;
    private final int maxRows;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Sequence> waiting = new ArrayDeque<>();
    private boolean draining;
    private volatile @Nullable RuntimeException aborted;

    private final List<Sequence> running = new ArrayList<>();
    private final Deque<Integer> freeSlots = new ArrayDeque<>();
    private volatile int runningCount;

    /**
     * A scheduler without sequences.
     *
     * @param maxWaiting sequences that may wait for a slot
     */
    public Scheduler(SequenceModel model, int maxWaiting) {
        this.model = model;
        this.maxWaiting = maxWaiting;
        this.maxRows = Math.max(model.maxRunTokens(), model.slots());
        for (int slot = 0; slot < model.slots(); slot++) {
            freeSlots.add(slot);
        }
    }

    /**
     * Queues a sequence.
     *
     * @param prompt token ids, at least one, fewer than a slot holds
     * @throws OverloadedException when too many wait, or after {@link #drain}
     */
    public Sequence submit(int[] prompt, Sampling sampling, TokenListener listener) {
        return submit(new Sequence(prompt.clone(), new Outcome.Generated(sampling, listener)));
    }

    /**
     * Queues an input whose embedding is wanted.
     *
     * @param input token ids, at least one, at most as many as a run holds
     * @throws OverloadedException when too many wait, or after {@link #drain}
     */
    public Sequence embed(int[] input, VectorListener listener) {
        return submit(new Sequence(input.clone(), new Outcome.Embedded(listener)));
    }

    private Sequence submit(Sequence sequence) {
        lock.lock();
        try {
            if (draining) {
                throw new OverloadedException("the server is shutting down");
            }
            if (waiting.size() >= maxWaiting) {
                throw new OverloadedException(maxWaiting + " requests wait already; try again later");
            }
            waiting.add(sequence);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return sequence;
    }

    /** Takes no more sequences; {@link #run} returns when those it has are done. */
    public void drain() {
        lock.lock();
        try {
            draining = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #drain}, but those it has fail with this cause before the next step. */
    public void abort(RuntimeException cause) {
        aborted = cause;
        drain();
    }

    /** Sequences that have a slot. */
    public int running() {
        return runningCount;
    }

    /** Sequences that wait for one. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs steps until drained. When a step fails, every sequence of it is told, and the failure is thrown: the state of
     * the model is not known any more.
     */
    public void run() throws InterruptedException {
        while (admit()) {
            RuntimeException cause = aborted;
            if (cause != null) {
                failAll(cause);
                return;
            }
            List<Sequence> batch = new ArrayList<>();
            List<Run> runs = compose(batch);
            if (runs.isEmpty()) {
                continue;
            }
            try {
                List<Output> outputs = model.step(runs);
                for (int i = 0; i < batch.size(); i++) {
                    if (batch.get(i).accept(runs.get(i), outputs.get(i))) {
                        release(batch.get(i));
                    }
                }
            } catch (RuntimeException e) {
                failAll(e);
                throw e;
            }
        }
    }

    /** Decoding sequences first, a row each; what is left of a step's rows goes to prompts. */
    private List<Run> compose(List<Sequence> batch) {
        List<Run> runs = new ArrayList<>();
        int rows = maxRows;
        for (Sequence sequence : running) {
            if (!sequence.isPrefilling()) {
                batch.add(sequence);
                runs.add(sequence.next(1));
                rows--;
            }
        }
        for (Sequence sequence : running) {
            int limit = Math.min(rows, model.maxRunTokens());
            if (sequence.canRead(limit)) {
                Run run = sequence.next(limit);
                batch.add(sequence);
                runs.add(run);
                rows -= run.tokens().length;
            }
        }
        return runs;
    }

    /** Drops what was cancelled and fills free slots; waits when there is nothing to do. False when drained. */
    private boolean admit() throws InterruptedException {
        for (Iterator<Sequence> all = running.iterator(); all.hasNext(); ) {
            Sequence sequence = all.next();
            if (sequence.isCancelled()) {
                all.remove();
                freeSlots.add(sequence.slot());
            }
        }
        lock.lock();
        try {
            waiting.removeIf(Sequence::isCancelled);
            while (running.isEmpty() && waiting.isEmpty()) {
                runningCount = 0;
                if (draining) {
                    return false;
                }
                changed.await();
            }
            while (!waiting.isEmpty() && !freeSlots.isEmpty()) {
                Sequence sequence = waiting.remove();
                sequence.enter(freeSlots.remove());
                running.add(sequence);
            }
            runningCount = running.size();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void release(Sequence sequence) {
        running.remove(sequence);
        freeSlots.add(sequence.slot());
        runningCount = running.size();
    }

    private void failAll(RuntimeException cause) {
        drain();
        running.forEach(sequence -> sequence.fail(cause));
        running.clear();
        lock.lock();
        try {
            waiting.forEach(sequence -> sequence.fail(cause));
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }
}
