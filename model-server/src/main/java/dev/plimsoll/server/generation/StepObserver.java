package dev.plimsoll.server.generation;

/** Hears of each step of the model, on the scheduler's thread. */
@FunctionalInterface
public interface StepObserver {
    /**
     * A step has ended.
     *
     * @param sequences that took part
     * @param tokens that were read, of prompts and generated ones
     */
    void stepped(int sequences, int tokens, long nanos);
}
