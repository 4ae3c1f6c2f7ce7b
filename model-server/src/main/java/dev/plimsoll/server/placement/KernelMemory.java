package dev.plimsoll.server.placement;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.server.architecture.Architecture;
import java.util.OptionalLong;

/** What kernels of our own, where there are some for a model, allocate for its steps. */
@FunctionalInterface
public interface KernelMemory {
    /** There are none for any model. */
    KernelMemory NONE = (architecture, dtype, step) -> OptionalLong.empty();

    /**
     * Bytes on the GPU beside weights and KV cache; empty when there are no kernels for such a model.
     *
     * @param dtype never {@code Auto}
     * @param step the largest one
     */
    OptionalLong bytes(Architecture architecture, Dtype dtype, LargestStep step);

    /**
     * What bounds the buffers of steps.
     *
     * @param sequences that share a step
     * @param sequenceTokens tokens of one sequence
     * @param batchedTokens tokens of one step: decode rows and prompts together
     * @param pages of the KV cache
     */
    record LargestStep(int sequences, int sequenceTokens, int batchedTokens, int pages) {}
}
