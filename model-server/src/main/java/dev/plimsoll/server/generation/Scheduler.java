package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.Engine;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.StepOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching: in every step, each running sequence generates a token, and prompts of new ones are read in
 * chunks beside them. Where the engine lets steps overlap, the next one is begun before the tokens of the one before are
 * read, unless it needs them. One thread runs the engine. What fails in one sequence ends that one alone; only a failed step
 * ends the scheduler.
 */
public final class Scheduler implements Generator {
    private static final Logger LOG = Logger.getLogger(Scheduler.class);

    /** Less than a step takes: who comes first loses nothing that is felt. */
    private static final Duration PATIENCE = Duration.ofMillis(2);

    private final Engine engine;
    private final SequenceLimits limits;
    private final LongSupplier nanoTime;
    private final WaitingSequences waiting;
    private final RunningSequences sequences;
    private final StepsUnderWay steps;
    private volatile @Nullable RuntimeException aborted;
    private volatile int runningCount;
    private volatile int pausedCount;
    private volatile double cacheUsage;

    /**
     * A scheduler without sequences.
     *
     * @param maxWaiting requests that may wait
     */
    public Scheduler(Engine engine, int maxWaiting) {
        this(engine, maxWaiting, System::nanoTime, PATIENCE);
    }

    Scheduler(Engine engine, int maxWaiting, LongSupplier nanoTime, Duration patience) {
        EngineLimits own = engine.limits();
        if (!own.encodes() && own.pages() < own.pagesPerSequence()) {
            throw new IllegalArgumentException(own.pages() + " pages hold no sequence of " + own.maxSequenceTokens());
        }
        this.engine = engine;
        this.limits = SequenceLimits.of(own);
        this.nanoTime = nanoTime;
        this.waiting = new WaitingSequences(maxWaiting, nanoTime, patience);
        this.sequences = new RunningSequences(own, engine.cache());
        this.steps = new StepsUnderWay(engine, nanoTime);
    }

    /** Tells of each step from now on. */
    public void observe(StepObserver stepObserver) {
        steps.observe(stepObserver);
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
    public Expected expect() {
        return waiting.expect();
    }

    @Override
    public Handle submit(List<GenerationRequest> requests, List<? extends TokenListener> listeners) {
        requests.forEach(limits::check);
        List<Sequence> submitted = new ArrayList<>();
        for (GenerationRequest request : requests) {
            Outcome outcome = new Outcome.Generated(request, listeners.get(submitted.size()));
            submitted.add(new Sequence(request.prompt().clone(), outcome, end(request.deadline())));
            if (request.constraint() != null) {
                request.constraint().whenReady(waiting::wake);
            }
        }
        waiting.offer(requests.getFirst().priority(), requests.getFirst().client(), submitted);
        return new Submitted(submitted, waiting::wake);
    }

    @Override
    public Handle embed(EmbeddingInputs request, VectorListener listener) {
        limits.check(request);
        List<Sequence> submitted = new ArrayList<>();
        for (int[] input : request.inputs()) {
            submitted.add(new Sequence(
                    input.clone(), new Outcome.Embedded(submitted.size(), listener), end(request.deadline())));
        }
        waiting.offer(request.priority(), request.client(), submitted);
        return new Submitted(submitted, waiting::wake);
    }

    private long end(Duration deadline) {
        return nanoTime.getAsLong() + deadline.toNanos();
    }

    /** Takes no more sequences; {@link #run} returns when those it has are done. */
    public void drain() {
        waiting.close();
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
        return waiting.requests();
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
        return steps.running();
    }

    /**
     * Runs steps until drained. When a step fails, every sequence is told, and the failure is thrown: the state of the
     * engine is not known any more.
     */
    public void run() throws InterruptedException {
        try {
            while (admit()) {
                boolean begun = mayBegin() && steps.begin(sequences);
                if (!steps.isEmpty() && (!begun || steps.isFull())) {
                    steps.await(this::accept);
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

    /**
     * Whether the next step need not wait for the tokens of the one before: it does where that reads prompts alone, or where
     * most sequences would miss the next one, since what may come next follows from their tokens.
     */
    private boolean mayBegin() {
        return steps.isEmpty() || !(steps.readsOnlyPrompts() || sequences.areMostlyConstrained());
    }

    /** Where every sequence sits out: waits until one is ready, or something else is to be done. */
    private void awaitReady() throws InterruptedException {
        waiting.awaitMoment(
                () -> aborted != null || !sequences.allSitOut() || (sequences.hasRoom() && !waiting.isEmpty()));
    }

    /** What fails in a sequence ends it. */
    private void accept(Sequence sequence, StepOutput output, int row) {
        try {
            if (!sequence.accept(output, row, engine.limits())) {
                return;
            }
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warnf(e, "request %s: a sequence failed", sequence.request());
            sequence.fail(e instanceof RuntimeException exception ? exception : new IllegalStateException(e));
        }
        sequences.remove(sequence);
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
            waiting.dropGone(late);
            if (sequences.isEmpty() && steps.isEmpty() && !awaitMore(late)) {
                return false;
            }
            Sequence next = sequences.hasRoom() ? waiting.poll() : null;
            more = next != null;
            if (next != null) {
                sequences.add(next);
                if (sequences.admitNext()) {
                    enter(sequences.last());
                }
            }
        }
        late.forEach(Scheduler::tellLate);
        measure();
        return true;
    }

    /** Where nothing runs: waits until something waits, is late, or goes on. False when drained. */
    private boolean awaitMore(List<Sequence> late) throws InterruptedException {
        measure();
        if (sequences.paused().isEmpty()) {
            if (!waiting.awaitAny(late)) {
                return false;
            }
            waiting.awaitExpected();
            return true;
        }
        waiting.awaitMoment(() -> aborted != null
                || !late.isEmpty()
                || !waiting.isEmpty()
                || sequences.paused().anyResumed());
        return true;
    }

    /** What paused sequences keep is bounded: those that paused first go first. */
    private void dropPaused() {
        for (Sequence sequence : sequences.paused().beyond(WaitingSequences.MAX_TOKENS)) {
            sequences.remove(sequence);
            sequence.fail(new OverloadedException("too many answers are not read: read them as they come"));
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
        all.addAll(waiting.removeAll());
        measure();
        all.forEach(sequence -> sequence.fail(cause));
    }
}
