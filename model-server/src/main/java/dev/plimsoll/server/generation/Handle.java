package dev.plimsoll.server.generation;

/** A request that was submitted. */
@FunctionalInterface
public interface Handle {
    /** Gives back within a step what the request holds; its listener hears nothing more. May be called at any time. */
    void cancel();
}
