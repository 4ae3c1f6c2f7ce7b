package dev.plimsoll.server.placement;

import java.util.function.LongUnaryOperator;

/**
 * Host memory that a server needs whatever the model.
 *
 * @param engineBytes the JVM and libtorch, serving, before the first tensor
 * @param staging bytes of the loader's buffers, from the bytes that the engine leaves of the host's budget
 */
public record HostNeeds(long engineBytes, LongUnaryOperator staging) {
    /** Above the peak of anonymous memory less the tensors of a small model under load, with room for a full heap. */
    public static final long ENGINE_BYTES = 400L << 20;

    /** The same with CUDA's context and libraries. */
    public static final long CUDA_ENGINE_BYTES = 736L << 20;

    /** Buffers of one size under any budget. */
    public HostNeeds(long engineBytes, long stagingBytes) {
        this(engineBytes, room -> stagingBytes);
    }

    long stagingBytes(long hostBudgetBytes) {
        return staging.applyAsLong(hostBudgetBytes - engineBytes);
    }
}
