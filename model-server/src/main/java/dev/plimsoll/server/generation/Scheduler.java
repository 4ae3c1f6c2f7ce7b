package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.Engine;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
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
 * chunks beside them. Where the engine lets steps overlap, the next one is begun before the tokens of the one before are
 * read, unless that one reads prompts alone. One thread runs the engine. What fails in one sequence ends that one alone; only a failed step ends the
 * scheduler.
 */
public final class Scheduler implements Generator {
    private static final Logger LOG = Logger.getLogger(Scheduler.class);
    private static final long MAX_WAITING_TOKENS = 4 << 20;
    private static final long LOOK_AT_WAITING_NANOS = 100_000_000;

    private final Engine engine;
    private final SequenceLimits limits;
    private final int maxWaiting;
    private final LongSupplier nanoTime;
    private volatile StepObserver observer = (sequences, tokens, nanos) -> {};

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AdmissionQueue<Sequence> waiting;
    private boolean draining;
    private volatile @Nullable RuntimeException aborted;
    private long lookedAtWaiting;

    private final RunningSequences sequences;
    private final StepInput input;
    private final StepOutput output;
    private final Deque<Step> underWay = new ArrayDeque<>();
    private final Deque<Step> idle = new ArrayDeque<>();
    private volatile int runningCount;
    private volatile int pausedCount;
    private volatile double cacheUsage;
    private volatile long stepBegan;
    private volatile boolean stepping;

    /** A step that was begun: whose rows it has, and which of them choose a token. */
    private static final class Step {
        private final List<Sequence> rows = new ArrayList<>();
        private final boolean[] choosing;
        private int tokens;
        private int decodes;
        private long began;

        Step(int rows) {
            this.choosing = new boolean[rows];
        }
    }

    /**
     * A scheduler without sequences.
     *
     * @param maxWaiting requests that may wait
     */
    public Scheduler(Engine engine, int maxWaiting) {
        this(engine, maxWaiting, System::nanoTime);
    }

    Scheduler(Engine engine, int maxWaiting, LongSupplier nanoTime) {
        EngineLimits own = engine.limits();
        if (!own.encodes() && own.pages() < own.pagesPerSequence()) {
            throw new IllegalArgumentException(own.pages() + " pages hold no sequence of " + own.maxSequenceTokens());
        }
        this.engine = engine;
        this.limits = SequenceLimits.of(own);
        this.maxWaiting = maxWaiting;
        this.waiting = new AdmissionQueue<>(maxWaiting, MAX_WAITING_TOKENS);
        this.nanoTime = nanoTime;
        this.sequences = new RunningSequences(own, engine.cache());
        this.input = new StepInput(own);
        this.output = new StepOutput(own);
        for (int i = 0; i < own.stepsInFlight(); i++) {
            idle.add(new Step(own.maxSequences()));
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
        List<Sequence> submitted = new ArrayList<>();
        for (GenerationRequest request : requests) {
            Outcome outcome = new Outcome.Generated(request, listeners.get(submitted.size()));
            submitted.add(new Sequence(request.prompt().clone(), outcome, end(request.deadline())));
            if (request.constraint() != null) {
                request.constraint().whenReady(this::wake);
            }
        }
        queue(requests.getFirst().priority(), requests.getFirst().client(), submitted);
        return new Submitted(submitted);
    }

    @Override
    public Handle embed(EmbeddingInputs request, VectorListener listener) {
        limits.check(request);
        List<Sequence> submitted = new ArrayList<>();
        for (int[] input : request.inputs()) {
            submitted.add(new Sequence(
                    input.clone(), new Outcome.Embedded(submitted.size(), listener), end(request.deadline())));
        }
        queue(request.priority(), request.client(), submitted);
        return new Submitted(submitted);
    }

    private final class Submitted implements Handle {
        private final List<Sequence> sequences;

        Submitted(List<Sequence> sequences) {
            this.sequences = sequences;
        }

        @Override
        public void cancel() {
            sequences.forEach(Sequence::cancel);
        }

        @Override
        public void pause() {
            sequences.forEach(sequence -> sequence.pause(true));
            wake();
        }

        @Override
        public void resume() {
            sequences.forEach(sequence -> sequence.pause(false));
            wake();
        }
    }

    private long end(Duration deadline) {
        return nanoTime.getAsLong() + deadline.toNanos();
    }

    private void queue(int priority, String client, List<Sequence> submitted) {
        List<AdmissionQueue.Part<Sequence>> parts = submitted.stream()
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

    /** Sequences that were admitted. */
    public int running() {
        return runningCount;
    }

    /** Sequences that were admitted and take no steps, since their clients do not take what they have. */
    public int paused() {
        return pausedCount;
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

    /** Share of the pages of the KV cache that running sequences hold, from 0 to 1. */
    public double cacheUsage() {
        return cacheUsage;
    }

    /** How often a sequence gave its pages to others, to be read again later. */
    public long preemptions() {
        return sequences.preemptions();
    }

    /** How long the step that runs now has run; zero when none does. */
    public Duration step() {
        return stepping ? Duration.ofNanos(nanoTime.getAsLong() - stepBegan) : Duration.ZERO;
    }

    /**
     * Runs steps until drained. When a step fails, every sequence is told, and the failure is thrown: the state of the
     * engine is not known any more.
     */
    public void run() throws InterruptedException {
        try {
            while (admit()) {
                boolean begun = !readsOnlyPrompts() && begin();
                if (!underWay.isEmpty() && (!begun || idle.isEmpty())) {
                    await();
                } else if (!begun) {
                    awaitReady();
                }
            }
        } catch (RuntimeException | Error e) {
            drain();
            failAll(e instanceof RuntimeException exception ? exception : new IllegalStateException(e));
            throw e;
        }
    }

    /** Whether nothing decodes in the step under way: prompts that arrive until its end then share the next one. */
    private boolean readsOnlyPrompts() {
        return !underWay.isEmpty() && underWay.getLast().decodes == 0;
    }

    /** Begins a step if there is anything to do in it. */
    private boolean begin() {
        Step step = idle.element();
        sequences.compose(input, step.rows);
        if (step.rows.isEmpty()) {
            return false;
        }
        step.tokens = input.tokenCount();
        step.decodes = input.decodes();
        System.arraycopy(input.choosing, 0, step.choosing, 0, step.rows.size());
        step.began = nanoTime.getAsLong();
        if (underWay.isEmpty()) {
            stepBegan = step.began;
            stepping = true;
        }
        engine.begin(input);
        underWay.add(idle.remove());
        return true;
    }

    private void await() {
        engine.await(output);
        Step step = underWay.remove();
        idle.add(step);
        long now = nanoTime.getAsLong();
        stepping = !underWay.isEmpty();
        stepBegan = now;
        observer.stepped(step.rows.size(), step.tokens, now - step.began);
        for (int row = 0; row < step.rows.size(); row++) {
            if (step.choosing[row] && accept(step.rows.get(row), row)) {
                sequences.remove(step.rows.get(row));
            }
        }
    }

    /** Where every sequence sits out: waits until one is ready, or something else is to be done. */
    private void awaitReady() throws InterruptedException {
        lock.lock();
        try {
            long left = LOOK_AT_WAITING_NANOS;
            while (left > 0
                    && aborted == null
                    && sequences.allSitOut()
                    && !(sequences.hasRoom() && !waiting.isEmpty())) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the sequence has ended; what fails in it ends it. */
    private boolean accept(Sequence sequence, int row) {
        try {
            return sequence.accept(output, row, engine.limits());
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warnf(e, "request %s: a sequence failed", sequence.request());
            sequence.fail(e instanceof RuntimeException exception ? exception : new IllegalStateException(e));
            return true;
        }
    }

    /** Drops what was cancelled or is late and admits more; waits when there is nothing to do. False when drained. */
    private boolean admit() throws InterruptedException {
        RuntimeException cause = aborted;
        if (cause != null) {
            failAll(cause);
        }
        sequences.settle();
        for (Sequence sequence : sequences.all()) {
            if (isOver(sequence)) {
                sequences.remove(sequence);
            }
        }
        dropPaused();
        while (sequences.admitNext()) {
            enter(sequences.last());
        }
        List<Sequence> late = new ArrayList<>();
        boolean more = true;
        while (more) {
            lock.lock();
            try {
                dropWaiting(late);
                while (sequences.isEmpty() && underWay.isEmpty() && waiting.isEmpty() && late.isEmpty()) {
                    measure();
                    if (!sequences.paused().isEmpty()) {
                        awaitResumed();
                        break;
                    }
                    if (draining) {
                        return false;
                    }
                    changed.await();
                    dropWaiting(late);
                }
                more = sequences.hasRoom() && !waiting.isEmpty();
                if (more) {
                    sequences.add(waiting.remove());
                }
            } finally {
                lock.unlock();
            }
            if (more && sequences.admitNext()) {
                enter(sequences.last());
            }
        }
        late.forEach(Scheduler::tellLate);
        measure();
        return true;
    }

    /** Where every sequence is paused: waits a moment, so that those that are late or whose clients went are seen. */
    private void awaitResumed() throws InterruptedException {
        long left = LOOK_AT_WAITING_NANOS;
        while (left > 0
                && aborted == null
                && waiting.isEmpty()
                && !sequences.paused().anyResumed()) {
            left = changed.awaitNanos(left);
        }
    }

    /** What paused sequences keep is bounded: those that paused first go first. */
    private void dropPaused() {
        for (Sequence sequence : sequences.paused().beyond(MAX_WAITING_TOKENS)) {
            sequences.remove(sequence);
            sequence.fail(new OverloadedException("too many answers are not read: read them as they come"));
        }
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
        try {
            if (!isOver(sequence)) {
                sequence.tellAdmitted();
                return;
            }
        } catch (RuntimeException | StackOverflowError e) {
            sequence.fail(e instanceof RuntimeException exception ? exception : new IllegalStateException(e));
        }
        sequences.remove(sequence);
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
        int pages = engine.cache().pages();
        runningCount = sequences.count();
        pausedCount = sequences.paused().count();
        cacheUsage = pages == 0 ? 0 : 1 - engine.cache().available() / (double) pages;
    }

    private void failAll(RuntimeException cause) {
        List<Sequence> all = sequences.all();
        all.forEach(sequences::remove);
        lock.lock();
        try {
            waiting.removeIf(sequence -> true, all::add);
        } finally {
            lock.unlock();
        }
        measure();
        all.forEach(sequence -> sequence.fail(cause));
    }
}
