package dev.plimsoll.server.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A grammar at work: takes bytes from state to state. States are made when they are first needed, and kept within a
 * bound; beyond it all are forgotten and made again. Safe for use by several threads.
 *
 * @see <a href="https://swtch.com/~rsc/regexp/regexp3.html">Cox: Regular expression matching in the wild</a>, whose
 *     cache of states this is, with stacks of calls
 */
final class Automaton {
    /** States and frames that are kept. */
    static final int MAX_STATES = 512;

    private static final int MAX_FRAMES = 4096;

    /** Places where a text may be at once; of more, the others are no longer followed. */
    private static final int MAX_PLACES = 256;

    /** Frames that are looked at for one state; of more, the others are not followed. */
    private static final int MAX_STEPS = 20_000;

    private final Grammar grammar;
    private final Map<Frame, Frame> frames = new HashMap<>();
    private final Map<List<Frame>, State> complete = new HashMap<>();
    private final Map<List<Frame>, State> incomplete = new HashMap<>();
    private final State start;

    Automaton(Grammar grammar) {
        this.grammar = grammar;
        this.start = state(List.of(frame(grammar.start(), 0, null)));
    }

    Grammar grammar() {
        return grammar;
    }

    State start() {
        return start;
    }

    /** The state behind a byte, {@link State#DEAD} where none may be. */
    State next(State from, int value) {
        State known = from.known(grammar.byteClass(value));
        return known == null ? made(from, value) : known;
    }

    private synchronized State made(State from, int value) {
        if (frames.size() > MAX_FRAMES || complete.size() + incomplete.size() > MAX_STATES) {
            forget();
        }
        List<Frame> behind = new ArrayList<>();
        for (Frame frame : from.frames()) {
            if (grammar.at(frame.place()) instanceof Instruction.Take(ByteSet bytes) && bytes.contains(value)) {
                behind.add(frame(frame.place() + 1, 0, frame.caller()));
            }
        }
        State next = behind.isEmpty() ? State.DEAD : state(behind);
        from.know(grammar.byteClass(value), next);
        return next;
    }

    private void forget() {
        complete.values().forEach(State::forget);
        incomplete.values().forEach(State::forget);
        start.forget();
        complete.clear();
        incomplete.clear();
        frames.clear();
    }

    private Frame frame(int place, int counter, @Nullable Frame caller) {
        Frame frame = new Frame(place, counter, caller, caller == null ? 0 : caller.depth() + 1);
        Frame known = frames.putIfAbsent(frame, frame);
        return known == null ? frame : known;
    }

    /** The state of all places that are reached from some without taking a byte. */
    private State state(List<Frame> from) {
        Deque<Frame> open = new ArrayDeque<>(from);
        Set<Frame> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Frame> takes = new ArrayList<>();
        boolean ends = false;
        for (int steps = 0; steps < MAX_STEPS && !open.isEmpty(); steps++) {
            Frame frame = open.removeFirst();
            if (!seen.add(frame)) {
                continue;
            }
            switch (grammar.at(frame.place())) {
                case Instruction.Take take -> {
                    if (takes.size() < MAX_PLACES) {
                        takes.add(frame);
                    }
                }
                case Instruction.Jump(int target) -> open.add(frame(target, 0, frame.caller()));
                case Instruction.Call(int target) ->
                    open.add(frame(target, 0, frame(frame.place() + 1, 0, frame.caller())));
                case Instruction.Fork(int[] targets, int[] depths) -> {
                    for (int i = 0; i < targets.length; i++) {
                        if (frame.depth() + depths[i] <= Grammar.MAX_DEPTH) {
                            open.add(frame(targets[i], 0, frame.caller()));
                        }
                    }
                }
                case Instruction.Repeat repeat -> repeat(frame, repeat, open);
                case Instruction.Return end -> {
                    ends |= frame.caller() == null;
                    if (frame.caller() != null) {
                        open.add(frame.caller());
                    }
                }
            }
        }
        List<Frame> places = List.copyOf(takes);
        boolean canEnd = ends;
        return (ends ? complete : incomplete).computeIfAbsent(places, p -> new State(p, canEnd, grammar.byteClasses()));
    }

    private void repeat(Frame frame, Instruction.Repeat repeat, Deque<Frame> open) {
        int done = frame.counter();
        if (done >= repeat.least()) {
            open.add(frame(frame.place() + 1, 0, frame.caller()));
        }
        if (done < repeat.most() && frame.depth() + repeat.depth() <= Grammar.MAX_DEPTH) {
            int more = repeat.most() == Expression.UNBOUNDED ? Math.min(done + 1, repeat.least()) : done + 1;
            open.add(frame(repeat.target(), 0, frame(frame.place(), more, frame.caller())));
        }
    }
}
