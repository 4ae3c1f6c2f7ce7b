package dev.plimsoll.server.generation;

import dev.plimsoll.server.runtime.SequenceModel.Run;
import java.util.Arrays;
import java.util.OptionalInt;

/** One request: its prompt, what was generated, and its slot while it has one. */
public final class Sequence {
    private final int[] prompt;
    private final Sampling sampling;
    private final Sampler sampler;
    private final TokenListener listener;
    private volatile boolean cancelled;
    private int slot = -1;
    private int written;
    private int generated;
    private int last;

    Sequence(int[] prompt, Sampling sampling, TokenListener listener) {
        this.prompt = prompt;
        this.sampling = sampling;
        this.sampler = new Sampler(sampling);
        this.listener = listener;
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

    /** The tokens of the next step: a part of the prompt, or the token generated last. */
    Run next(int maxTokens) {
        if (!isPrefilling()) {
            return new Run(slot, written, new int[] {last});
        }
        int end = Math.min(prompt.length, written + maxTokens);
        return new Run(slot, written, Arrays.copyOfRange(prompt, written, end));
    }

    /**
     * Takes the outcome of a step.
     *
     * @return whether the sequence has ended
     */
    boolean accept(Run run, float[] logits) {
        written += run.tokens().length;
        if (isPrefilling()) {
            return false;
        }
        last = sampler.next(logits);
        if (sampling.endIds().contains(last)) {
            listener.finished(FinishReason.STOP, OptionalInt.of(last));
            return true;
        }
        generated++;
        if (!listener.token(last)) {
            listener.finished(FinishReason.STOP, OptionalInt.empty());
            return true;
        }
        if (generated >= sampling.maxTokens()) {
            listener.finished(FinishReason.LENGTH, OptionalInt.empty());
            return true;
        }
        return false;
    }

    void fail(Exception cause) {
        listener.failed(cause);
    }
}
