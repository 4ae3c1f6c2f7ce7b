package dev.plimsoll.server.grammar;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a text is in its grammar: all places where it may be, each about to take a byte. States of one automaton are
 * interned, and know those behind them once they were asked for.
 */
final class State {
    /** Behind a byte that no text has. */
    static final State DEAD = new State(List.of(), false, 0);

    private final List<Frame> frames;
    private final boolean complete;
    private final @Nullable State[] next;

    State(List<Frame> frames, boolean complete, int byteClasses) {
        this.frames = frames;
        this.complete = complete;
        this.next = new State[byteClasses];
    }

    List<Frame> frames() {
        return frames;
    }

    /** Whether the text may end here. */
    boolean isComplete() {
        return complete;
    }

    /** Whether nothing can come next. */
    boolean isOver() {
        return frames.isEmpty();
    }

    @Nullable
    State known(int byteClass) {
        return next[byteClass];
    }

    void know(int byteClass, State state) {
        next[byteClass] = state;
    }

    void forget() {
        java.util.Arrays.fill(next, null);
    }
}
