package dev.plimsoll.server.generation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Sequences that take no steps because their listeners take no tokens, in the order in which they paused. */
final class PausedSequences {
    private final Set<Sequence> paused = new LinkedHashSet<>();

    void add(Sequence sequence) {
        paused.add(sequence);
    }

    void remove(Sequence sequence) {
        paused.remove(sequence);
    }

    boolean contains(Sequence sequence) {
        return paused.contains(sequence);
    }

    boolean isEmpty() {
        return paused.isEmpty();
    }

    int count() {
        return paused.size();
    }

    Collection<Sequence> all() {
        return paused;
    }

    /** Whether one of them was resumed. */
    boolean anyResumed() {
        return paused.stream().anyMatch(sequence -> !sequence.isPaused());
    }

    List<Sequence> takeResumed() {
        List<Sequence> resumed =
                paused.stream().filter(sequence -> !sequence.isPaused()).toList();
        resumed.forEach(paused::remove);
        return resumed;
    }

    /** Those that paused first, as many as it takes for the others to keep at most so many tokens. */
    List<Sequence> beyond(long tokens) {
        long kept = paused.stream().mapToLong(Sequence::tokens).sum();
        List<Sequence> beyond = new ArrayList<>();
        for (Sequence sequence : paused) {
            if (kept <= tokens) {
                break;
            }
            kept -= sequence.tokens();
            beyond.add(sequence);
        }
        return beyond;
    }
}
