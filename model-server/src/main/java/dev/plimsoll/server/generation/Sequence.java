package dev.plimsoll.server.generation;

import dev.plimsoll.server.runtime.SequenceModel.Output;
import dev.plimsoll.server.runtime.SequenceModel.Run;
import dev.plimsoll.server.runtime.SequenceModel.Wanted;
import java.util.Arrays;

/** One request: its prompt, what was generated, and its slot while it has one. */
public final class Sequence {
    private final int[] prompt;
    private final Outcome outcome;
    private volatile boolean cancelled;
    private int slot = -1;
    private int written;
    private int last;

    Sequence(int[] prompt, Outcome outcome) {
        this.prompt = prompt;
        this.outcome = outcome;
    }

    /** Gives the slot back before the next step; the listener hears nothing more. */
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    void enter(int freeSlot) {
        slot = freeSlot;
    }

    int slot() {
        return slot;
    }

    boolean isPrefilling() {
        return written < prompt.length;
    }

    /** Whether the next step can read some of the prompt when it has that many rows left. */
    boolean canRead(int rows) {
        return isPrefilling() && rows >= (outcome.needsWholeInput() ? prompt.length : 1);
    }

    /** The tokens of the next step: a part of the prompt, or the token generated last. */
    Run next(int maxTokens) {
        if (!isPrefilling()) {
            return new Run(slot, written, new int[] {last}, outcome.wanted());
        }
        int end = Math.min(prompt.length, written + maxTokens);
        Wanted wanted = end < prompt.length ? Wanted.NOTHING : outcome.wanted();
        return new Run(slot, written, Arrays.copyOfRange(prompt, written, end), wanted);
    }

    /**
     * Takes the outcome of a step.
     *
     * @return whether the sequence has ended
     */
    boolean accept(Run run, Output result) {
        written += run.tokens().length;
        if (isPrefilling()) {
            return false;
        }
        last = outcome.take(result);
        return last == Outcome.ENDED;
    }

    void fail(Exception cause) {
        outcome.failed(cause);
    }
}
