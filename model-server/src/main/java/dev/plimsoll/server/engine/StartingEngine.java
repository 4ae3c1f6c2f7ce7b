package dev.plimsoll.server.engine;

/** An engine whose weights are bound. Before it serves, it makes what it makes only once. */
public interface StartingEngine extends Engine {
    /** Runs the smallest step, so that what any step needs is there. */
    void firstStep();

    /** Runs the largest steps, and prepares those that are to come. Weights may still be on their way. */
    void warmUp();
}
