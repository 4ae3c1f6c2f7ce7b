package dev.plimsoll.server.generation;

import dev.plimsoll.server.runtime.SequenceModel;
import dev.plimsoll.server.runtime.SequenceModel.Output;
import dev.plimsoll.server.runtime.SequenceModel.Run;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching: in every step, each running sequence generates a token, and prompts of new ones are read in
 * chunks beside them. A step never has more rows than the plan's workspace was sized for. One thread runs the model.
 * What fails in one sequence ends that one alone; only a failed step ends the scheduler.
 */
public final class Scheduler implements Generator {
    private static final Logger LOG = Logger.getLogger(Scheduler.class);
    private static final long MAX_WAITING_TOKENS = 4 << 20;
    private static final long LOOK_AT_WAITING_NANOS = 100_000_000;

    private final SequenceModel model;
    private final SequenceLimits limits;
    private final int maxRows;
    private final int maxWaiting;
    private final LongSupplier nanoTime;
    private volatile StepObserver observer = (sequences, tokens, nanos) -> {};

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AdmissionQueue<Sequence> waiting;
    private boolean draining;
    private volatile @Nullable RuntimeException aborted;
    private long lookedAtWaiting;

    private final List<Sequence> running = new ArrayList<>();
    private final Deque<Integer> freeSlots = new ArrayDeque<>();
    private volatile int runningCount;
    private volatile double cacheUsage;
    private volatile long stepBegan;
    private volatile boolean stepping;

    /**
     * A scheduler without sequences.
     *
     * @param maxWaiting requests that may wait
     */
    public Scheduler(SequenceModel model, int maxWaiting) {
        this(model, maxWaiting, System::nanoTime);
    }

    Scheduler(SequenceModel model, int maxWaiting, LongSupplier nanoTime) {
        this.model = model;
        this.limits = new SequenceLimits(model.vocabulary(), model.slotTokens(), model.maxRunTokens());
        this.maxWaiting = maxWaiting;
        this.waiting = new AdmissionQueue<>(maxWaiting, MAX_WAITING_TOKENS);
        this.maxRows = Math.max(model.maxRunTokens(), model.slots());
        this.nanoTime = nanoTime;
        for (int slot = 0; slot < model.slots(); slot++) {
            freeSlots.add(slot);
        }
    }

    /** Tells of each step from now on. */
    public void observe(StepObserver stepObserver) {
        observer = stepObserver;
    }

    /**
     * Queues a sequence.
     *
     * @throws InvalidSequenceException when it is beyond the limits of the model
     * @throws OverloadedException when too many wait, or after {@link #drain}
     */
    public Handle submit(GenerationRequest request, TokenListener listener) {
        return submit(List.of(request), List.of(listener));
    }

    @Override
    public Handle submit(List<GenerationRequest> requests, List<? extends TokenListener> listeners) {
        requests.forEach(limits::check);
        List<Sequence> sequences = new ArrayList<>();
        for (GenerationRequest request : requests) {
            Outcome outcome = new Outcome.Generated(request, listeners.get(sequences.size()));
            sequences.add(new Sequence(request.prompt().clone(), outcome, end(request.deadline())));
        }
        queue(requests.getFirst().priority(), requests.getFirst().client(), sequences);
        return () -> sequences.forEach(Sequence::cancel);
    }

    @Override
    public Handle embed(EmbeddingInputs request, VectorListener listener) {
        limits.check(request);
        List<Sequence> sequences = new ArrayList<>();
        for (int[] input : request.inputs()) {
            sequences.add(new Sequence(
                    input.clone(), new Outcome.Embedded(sequences.size(), listener), end(request.deadline())));
        }
        queue(request.priority(), request.client(), sequences);
        return () -> sequences.forEach(Sequence::cancel);
    }

    private long end(Duration deadline) {
        return nanoTime.getAsLong() + deadline.toNanos();
    }

    private void queue(int priority, String client, List<Sequence> sequences) {
        List<AdmissionQueue.Part<Sequence>> parts = sequences.stream()
                .map(sequence -> new AdmissionQueue.Part<>(sequence, sequence.promptTokens()))
                .toList();
        lock.lock();
        try {
            if (draining) {
                throw new OverloadedException("the server is shutting down");
            }
            if (!waiting.offer(priority, client, parts)) {
                waiting.removeIf(Sequence::isCancelled, cancelled -> {});
                if (!waiting.offer(priority, client, parts)) {
                    throw new OverloadedException(waiting.requests() + " requests wait already; at most " + maxWaiting
                            + " may, with " + MAX_WAITING_TOKENS + " tokens of prompts together; try again later");
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
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

    /** Requests that wait for one. */
    public int waiting() {
        lock.lock();
        try {
            waiting.removeIf(Sequence::isCancelled, cancelled -> {});
            return waiting.requests();
        } finally {
            lock.unlock();
        }
    }

    /** Share of the KV cache that holds tokens of running sequences, from 0 to 1. */
    public double cacheUsage() {
        return cacheUsage;
    }

    /** How long the step that runs now has run; zero when none does. */
    public Duration step() {
        return stepping ? Duration.ofNanos(nanoTime.getAsLong() - stepBegan) : Duration.ZERO;
    }

    /**
     * Runs steps until drained. When a step fails, every sequence is told, and the failure is thrown: the state of the
     * model is not known any more.
     */
    public void run() throws InterruptedException {
        try {
            while (admit()) {
                List<Sequence> batch = new ArrayList<>();
                List<Run> runs = compose(batch);
                if (!runs.isEmpty()) {
                    step(batch, runs);
                }
            }
        } catch (RuntimeException | Error e) {
            drain();
            failAll(e instanceof RuntimeException exception ? exception : new IllegalStateException(e));
            throw e;
        }
    }

    private void step(List<Sequence> batch, List<Run> runs) {
        stepBegan = nanoTime.getAsLong();
        stepping = true;
        List<Output> outputs = model.step(runs);
        stepping = false;
        observer.stepped(
                runs.size(),
                runs.stream().mapToInt(run -> run.tokens().length).sum(),
                nanoTime.getAsLong() - stepBegan);
        for (int i = 0; i < batch.size(); i++) {
            if (accept(batch.get(i), runs.get(i), outputs.get(i))) {
                release(batch.get(i));
            }
        }
    }

    /** Whether the sequence has ended; what fails in it ends it. */
    private static boolean accept(Sequence sequence, Run run, Output output) {
        if (sequence.isCancelled()) {
            return true;
        }
        try {
            return sequence.accept(run, output);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warn("a sequence failed", e);
            sequence.fail(e instanceof RuntimeException exception ? exception : new IllegalStateException(e));
            return true;
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

    /** Drops what was cancelled or is late and fills free slots; waits when there is nothing to do. False when drained. */
    private boolean admit() throws InterruptedException {
        RuntimeException cause = aborted;
        if (cause != null) {
            failAll(cause);
        }
        for (Sequence sequence : List.copyOf(running)) {
            if (isOver(sequence)) {
                release(sequence);
            }
        }
        List<Sequence> entering = new ArrayList<>();
        List<Sequence> late = new ArrayList<>();
        lock.lock();
        try {
            dropWaiting(late);
            while (running.isEmpty() && waiting.isEmpty() && late.isEmpty()) {
                measure();
                if (draining) {
                    return false;
                }
                changed.await();
                dropWaiting(late);
            }
            while (entering.size() < freeSlots.size() && !waiting.isEmpty()) {
                entering.add(waiting.remove());
            }
        } finally {
            lock.unlock();
        }
        late.forEach(Scheduler::tellLate);
        entering.forEach(this::enter);
        measure();
        return true;
    }

    private void dropWaiting(List<Sequence> late) {
        long now = nanoTime.getAsLong();
        if (now - lookedAtWaiting >= LOOK_AT_WAITING_NANOS) {
            lookedAtWaiting = now;
            waiting.removeIf(Sequence::isCancelled, cancelled -> {});
            waiting.removeIf(sequence -> sequence.isLate(now), late::add);
        }
    }

    private void enter(Sequence sequence) {
        if (isOver(sequence)) {
            return;
        }
        try {
            sequence.enter(freeSlots.element());
            freeSlots.remove();
            running.add(sequence);
        } catch (RuntimeException | StackOverflowError e) {
            sequence.fail(e instanceof RuntimeException exception ? exception : new IllegalStateException(e));
        }
    }

    private boolean isOver(Sequence sequence) {
        if (!sequence.isCancelled() && sequence.isLate(nanoTime.getAsLong())) {
            tellLate(sequence);
            return true;
        }
        return sequence.isCancelled();
    }

    private static void tellLate(Sequence sequence) {
        sequence.fail(new DeadlineException("the answer was not complete when its time was over"));
    }

    private void measure() {
        runningCount = running.size();
        cacheUsage =
                running.stream().mapToLong(Sequence::written).sum() / ((double) model.slots() * model.slotTokens());
    }

    private void release(Sequence sequence) {
        running.remove(sequence);
        freeSlots.add(sequence.slot());
    }

    private void failAll(RuntimeException cause) {
        List<Sequence> all = new ArrayList<>(running);
        running.forEach(sequence -> freeSlots.add(sequence.slot()));
        running.clear();
        lock.lock();
        try {
            waiting.removeIf(sequence -> true, all::add);
        } finally {
            lock.unlock();
        }
        measure();
        for (Sequence sequence : all) {
            if (!sequence.isCancelled()) {
                sequence.fail(cause);
            }
        }
    }
}
