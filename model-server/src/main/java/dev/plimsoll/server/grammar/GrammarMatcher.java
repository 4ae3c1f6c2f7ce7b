package dev.plimsoll.server.grammar;

import org.jspecify.annotations.Nullable;

/** One text on its way through a grammar, token by token. Used by one thread at a time. */
public final class GrammarMatcher {
    private final Automaton automaton;
    private final Masks masks;
    private State state;

    private GrammarMatcher(Automaton automaton, Masks masks) {
        this.automaton = automaton;
        this.masks = masks;
        this.state = automaton.start();
    }

    /** What texts of one grammar share. Safe for use by several threads. */
    public static final class Shared {
        private final Automaton automaton;
        private final Masks masks;

        /** A grammar with a vocabulary's masks. */
        public Shared(Grammar grammar, Masks masks) {
            this.automaton = new Automaton(grammar);
            this.masks = masks;
        }

        /** A text that begins. */
        public GrammarMatcher begin() {
            return new GrammarMatcher(automaton, masks);
        }
    }

    /**
     * Goes on behind a token.
     *
     * @return false when no text of the grammar has it here; then the text stays where it is
     */
    public boolean accept(int token) {
        byte[] bytes = masks.vocabulary().bytes(token);
        if (bytes == null) {
            return false;
        }
        State next = state;
        for (byte one : bytes) {
            next = automaton.next(next, one & 0xff);
            if (next == State.DEAD) {
                return false;
            }
        }
        state = next;
        return true;
    }

    /** Whether the text may end here. */
    public boolean isComplete() {
        return state.isComplete();
    }

    /** Whether the text is complete and nothing can come behind it. */
    public boolean isOver() {
        return state.isOver();
    }

    /** The tokens that may come next, where they were computed before. */
    public @Nullable TokenMask known() {
        return masks.known(state);
    }

    /** The tokens that may come next. */
    public TokenMask mask() {
        TokenMask known = masks.known(state);
        return known == null ? masks.compute(automaton, state) : known;
    }
}
