package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.TokenConstraint;

/**
 * What may be generated in one sequence. What may come next can take a while to find: it is found elsewhere, and the
 * sequence sits steps out meanwhile, so that no other waits for it.
 */
public interface SequenceConstraint extends TokenConstraint {
    /** Whether {@link #allow} answers at once. */
    boolean isReady();

    /** Whether nothing may come behind what was accepted: the sequence is complete without an end token. */
    boolean isOver();

    /** Says what to do, on whatever thread, when it has become ready; to be called before the first step. */
    void whenReady(Runnable wake);
}
