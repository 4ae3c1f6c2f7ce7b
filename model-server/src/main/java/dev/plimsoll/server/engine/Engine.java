package dev.plimsoll.server.engine;

/**
 * A loaded model that runs steps over a paged KV cache and chooses tokens on its device. Called by one thread.
 *
 * <p><b>Steps overlap.</b> {@link #begin} queues a step and returns; {@link #await} waits for the oldest step that was
 * begun and not awaited, and reads what it chose. Up to {@link EngineLimits#stepsInFlight} steps may be under way, so
 * that a step can be begun before the ids of the one before it are known to the host: the token of a decode row may be
 * {@linkplain StepInput#chosenBy the one that a row of the step begun last chose}, which never leaves the device.
 *
 * <p><b>KV cache on the device.</b> For each layer, keys and values are one tensor each, {@code [pages, PAGE_TOKENS,
 * keyValueHeads, headDim]}, contiguous, in the model's dtype; the token at position {@code p} of a sequence lies in page
 * {@code pages[p / PAGE_TOKENS]} of its block table at {@code p % PAGE_TOKENS}, keys with their rotary positions applied.
 * Beside them, one table for all layers, {@code int32 [pages, PAGE_TOKENS]}, holds the token ids, written by the same
 * step: penalties read a sequence's tokens there, shared pages included. A step writes the keys, values and ids of all of
 * its tokens before any of its rows reads them. What lies in a page beyond a sequence's tokens is undefined, NaN
 * included, and must not reach a result: not by a masked weight of zero times a NaN either. Where all layers have a
 * window, entries of a block table that lie before it repeat a later page of the same sequence.
 *
 * <p><b>Sampling</b> is described by {@link SamplingTable}. A row's token follows from its own logits and parameters
 * alone, whatever shares the step.
 */
public interface Engine extends AutoCloseable {
    EngineLimits limits();

    /** The pages of the KV cache. */
    KvCache cache();

    /**
     * Begins a step. The input may be changed as soon as this returns.
     *
     * @throws IllegalStateException when as many steps are under way as may be
     */
    void begin(StepInput input);

    /**
     * Waits for the oldest step under way.
     *
     * @param output takes its results, a row for each row of its input
     * @throws RuntimeException when the step failed: the state of the engine is not known any more
     */
    void await(StepOutput output);

    /** One step from its beginning to its end, where none is under way. */
    default void step(StepInput input, StepOutput output) {
        begin(input);
        await(output);
    }

    @Override
    void close();
}
