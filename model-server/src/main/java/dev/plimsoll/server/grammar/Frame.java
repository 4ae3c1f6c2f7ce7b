package dev.plimsoll.server.grammar;

import org.jspecify.annotations.Nullable;

/**
 * A place in a grammar with the calls that lead there. Frames of one automaton are interned: what is equal is the same.
 *
 * @param counter how often a {@link Instruction.Repeat} has been done here; 0 at others
 * @param caller where its rule returns to; null for the first rule
 * @param depth calls that lead here
 */
record Frame(int place, int counter, @Nullable Frame caller, int depth) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Frame frame
                && place == frame.place
                && counter == frame.counter
                && caller == frame.caller;
    }

    @Override
    public int hashCode() {
        return (place * 31 + counter) * 31 + System.identityHashCode(caller);
    }
}
