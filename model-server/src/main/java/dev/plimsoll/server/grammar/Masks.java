package dev.plimsoll.server.grammar;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The masks of states that were computed, those that were used last, within a bound of memory for all grammars. Safe for
 * use by several threads.
 */
public final class Masks {
    /** About what a state takes that is kept for its mask. */
    private static final long STATE_BYTES = 1024;

    private final Vocabulary vocabulary;
    private final long maxBytes;
    private final Map<State, TokenMask> kept = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    /** No masks yet. */
    public Masks(Vocabulary vocabulary, long maxBytes) {
        this.vocabulary = vocabulary;
        this.maxBytes = maxBytes;
    }

    /** Whether every text can be said with the vocabulary. */
    public boolean isPossible() {
        return vocabulary.isComplete();
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    synchronized @Nullable TokenMask known(State state) {
        return kept.get(state);
    }

    /** Computes a mask: the tokens that lead from a state to another one. */
    TokenMask compute(Automaton automaton, State state) {
        long[] bits = new long[Math.ceilDiv(vocabulary.size(), Long.SIZE)];
        TokenMask mask;
        if (JsonText.hasRoomInString(automaton.grammar(), state, vocabulary.longestPlain())) {
            vocabulary.others().walk(automaton, state, bits);
            mask = new TokenMask.WithShared(vocabulary.plain(), TokenMask.of(bits));
        } else {
            vocabulary.all().walk(automaton, state, bits);
            mask = TokenMask.of(bits);
        }
        keep(state, mask);
        return mask;
    }

    private synchronized void keep(State state, TokenMask mask) {
        TokenMask before = kept.put(state, mask);
        bytes += STATE_BYTES + mask.bytes() - (before == null ? 0 : STATE_BYTES + before.bytes());
        for (Iterator<TokenMask> oldest = kept.values().iterator(); bytes > maxBytes && oldest.hasNext(); ) {
            TokenMask dropped = oldest.next();
            if (dropped != mask) {
                bytes -= STATE_BYTES + dropped.bytes();
                oldest.remove();
            }
        }
    }

    /** Bytes of memory that the kept masks take. */
    public synchronized long bytes() {
        return bytes;
    }
}
