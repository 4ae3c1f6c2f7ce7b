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
import java.util.function.LongSupplier;

/**
 * Steps that were begun and whose tokens are not read yet: as many as the engine lets overlap. Used by the engine's thread;
 * how long one runs may be asked by any.
 */
final class StepsUnderWay {
    private final Engine engine;
    private final LongSupplier nanoTime;
    private final StepInput input;
    private final StepOutput output;
    private final Deque<Step> underWay = new ArrayDeque<>();
    private final Deque<Step> idle = new ArrayDeque<>();
    private volatile StepObserver observer = (sequences, tokens, nanos) -> {};
    private volatile long began;
    private volatile boolean running;

    /** Hears of each row that chose a token. */
    @FunctionalInterface
    interface Chosen {
        void token(Sequence sequence, StepOutput output, int row);
    }

    /** Whose rows it has, and which of them choose a token. */
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

    StepsUnderWay(Engine engine, LongSupplier nanoTime) {
        EngineLimits limits = engine.limits();
        this.engine = engine;
        this.nanoTime = nanoTime;
        this.input = new StepInput(limits);
        this.output = new StepOutput(limits);
        for (int i = 0; i < limits.stepsInFlight(); i++) {
            idle.add(new Step(limits.maxSequences()));
        }
    }

    void observe(StepObserver stepObserver) {
        observer = stepObserver;
    }

    boolean isEmpty() {
        return underWay.isEmpty();
    }

    /** Whether none may be begun before one was awaited. */
    boolean isFull() {
        return idle.isEmpty();
    }

    /** Whether nothing decodes in the last one: prompts that arrive until its end then share the next one. */
    boolean readsOnlyPrompts() {
        return !underWay.isEmpty() && underWay.getLast().decodes == 0;
    }

    /** Begins one, if there is anything to do in it. */
    boolean begin(RunningSequences sequences) {
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
            began = step.began;
            running = true;
        }
        engine.begin(input);
        underWay.add(idle.remove());
        return true;
    }

    /** Waits for the end of the oldest one. */
    void await(Chosen chosen) {
        engine.await(output);
        Step step = underWay.remove();
        idle.add(step);
        long now = nanoTime.getAsLong();
        running = !underWay.isEmpty();
        began = now;
        observer.stepped(step.rows.size(), step.tokens, now - step.began);
        for (int row = 0; row < step.rows.size(); row++) {
            if (step.choosing[row]) {
                chosen.token(step.rows.get(row), output, row);
            }
        }
    }

    /** How long the oldest one has run; zero when there is none. */
    Duration running() {
        return running ? Duration.ofNanos(nanoTime.getAsLong() - began) : Duration.ZERO;
    }
}
