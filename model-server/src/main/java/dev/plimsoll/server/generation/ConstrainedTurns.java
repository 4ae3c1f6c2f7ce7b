package dev.plimsoll.server.generation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which of the sequences that are held to something take part in a step. A mask has a bit for each token of the
 * vocabulary, and a step has one for each of them: of so many that their masks would fill the heap, some sit out, in
 * turns.
 */
final class ConstrainedTurns {
    /** Of all masks of one step. */
    private static final int MAX_BYTES = 8 << 20;

    private final int most;
    private int turn;

    ConstrainedTurns(int vocabulary) {
        this.most = Math.max(1, MAX_BYTES / (Math.max(1, Math.ceilDiv(vocabulary, Long.SIZE)) * Long.BYTES));
    }

    /** Sequences that take part in a step at most. */
    int most() {
        return most;
    }

    /** Those that sit the next step out. */
    Set<Sequence> sitOut(List<Sequence> running) {
        List<Sequence> constrained = new ArrayList<>();
        for (Sequence sequence : running) {
            if (sequence.isConstrained() && (sequence.decodes() || sequence.prefills())) {
                constrained.add(sequence);
            }
        }
        if (constrained.size() <= most) {
            return Set.of();
        }
        Collections.rotate(constrained, -(turn % constrained.size()));
        turn = (turn + most) % constrained.size();
        return new HashSet<>(constrained.subList(most, constrained.size()));
    }
}
