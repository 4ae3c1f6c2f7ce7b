package dev.plimsoll.server.generation;

import dev.plimsoll.server.runtime.SequenceModel.Output;
import dev.plimsoll.server.runtime.SequenceModel.Run;
import dev.plimsoll.server.runtime.SequenceModel.Wanted;
import java.util.Arrays;
import org.jboss.logging.Logger;

/** One request: its prompt, what was generated, and its slot while it has one. */
final class Sequence implements Handle {
    private static final Logger LOG = Logger.getLogger(Sequence.class);

    private final int[] prompt;
    private final Outcome outcome;
    private final long deadlineNanos;
    private volatile boolean cancelled;
    private int slot = -1;
    private int written;
    private int last;

    /**
     * A sequence that waits.
     *
     * @param deadlineNanos by the scheduler's clock
     */
    Sequence(int[] prompt, Outcome outcome, long deadlineNanos) {
        this.prompt = prompt;
        this.outcome = outcome;
        this.deadlineNanos = deadlineNanos;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    boolean isLate(long nowNanos) {
        return nowNanos - deadlineNanos > 0;
    }

    int promptTokens() {
        return prompt.length;
    }

    /** Tokens whose keys and values are in the cache. */
    int written() {
        return written;
    }

    void enter(int freeSlot) {
        slot = freeSlot;
        outcome.admitted();
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

    /** Tells its listener; what that throws harms nobody else. */
    void fail(Exception cause) {
        try {
            outcome.failed(cause);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("a listener failed when it was told of a failure", e);
        }
    }
}
