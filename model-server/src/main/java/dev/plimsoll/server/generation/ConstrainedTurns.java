package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.SamplingTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which of the sequences whose tokens are held to something, or biased, take part in a step. A mask has a bit for each
 * token of the vocabulary, and a step has one for each of them; of biases it has a bounded number. Of so many that these
 * would not fit, some sit out, in turns.
 */
final class ConstrainedTurns {
    /** Of all masks of one step. */
    private static final int MAX_BYTES = 8 << 20;

    private final int mostMasks;
    private final int mostBiases;
    private int turn;

    ConstrainedTurns(EngineLimits limits) {
        int bytes = Math.max(1, Math.ceilDiv(limits.vocabulary(), Long.SIZE)) * Long.BYTES;
        this.mostMasks = Math.max(1, MAX_BYTES / bytes);
        this.mostBiases = SamplingTable.MAX_BIASES - limits.maxSequences();
    }

    /** Sequences with a mask that take part in a step at most. */
    int most() {
        return mostMasks;
    }

    /** Those that sit the next step out. */
    Set<Sequence> sitOut(List<Sequence> running) {
        List<Sequence> heavy = new ArrayList<>();
        int masks = 0;
        int biases = 0;
        for (Sequence sequence : running) {
            boolean restricted = sequence.isConstrained() || sequence.biases() > 0;
            if (restricted && (sequence.decodes() || sequence.prefills())) {
                heavy.add(sequence);
                masks += sequence.isConstrained() ? 1 : 0;
                biases += sequence.biases();
            }
        }
        if (masks <= mostMasks && biases <= mostBiases) {
            return Set.of();
        }
        Collections.rotate(heavy, -(turn % heavy.size()));
        int taken = fitting(heavy);
        turn = (turn + taken) % heavy.size();
        return new HashSet<>(heavy.subList(taken, heavy.size()));
    }

    /** How many of the first fit into a step; one always does. */
    private int fitting(List<Sequence> heavy) {
        int masks = 0;
        int biases = 0;
        for (int i = 0; i < heavy.size(); i++) {
            masks += heavy.get(i).isConstrained() ? 1 : 0;
            biases += heavy.get(i).biases();
            if (i > 0 && (masks > mostMasks || biases > mostBiases)) {
                return i;
            }
        }
        return heavy.size();
    }
}
