package dev.plimsoll.server.generation;

/** A request that was submitted. Its methods may be called at any time, by any thread. */
@FunctionalInterface
public interface Handle {
    /** Gives back within a step what the request holds; its listener hears nothing more. */
    void cancel();

    /**
     * Lets its sequences take no more steps until they are {@linkplain #resume resumed}; those under way are told of. A
     * paused sequence has no slot, and its pages are others' when they need them. Its time goes on.
     */
    default void pause() {}

    /** Lets its sequences go on where they were, before those that were never begun. */
    default void resume() {}
}
