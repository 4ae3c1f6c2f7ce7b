package dev.plimsoll.server.placement;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.KvCacheSize;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.device.DeviceId;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a plan depends on.
 *
 * @param dtype never {@code Auto}: resolved against the checkpoint before
 * @param gpus those that the process may use, in order
 * @param hostBudgetBytes ceiling of the container
 * @param maxSequences sequences that share a step
 * @param maxSequenceTokens tokens of one sequence; null means what the model allows, at most 4096
 * @param kvCache bytes of the KV cache over all layers; null means all sequences at their longest
 * @param maxMemory bytes of weights that each device may hold, as transformers' {@code max_memory}; null means that
 *     they follow from the budgets
 */
public record PlanRequest(
        Architecture architecture,
        Dtype dtype,
        Placement placement,
        List<Gpu> gpus,
        long hostBudgetBytes,
        int maxSequences,
        @Nullable Integer maxSequenceTokens,
        @Nullable KvCacheSize kvCache,
        @Nullable SequencedMap<DeviceId, Long> maxMemory) {

    /** A budget that nothing reaches. */
    public static final long UNLIMITED = 1L << 50;

    /**
     * A GPU to plan for.
     *
     * @param emulated whether its bytes are the container's own
     * @param budgetBytes what the process may take of it, everything included
     * @param capacityBytes what the process could take of it at most: no ceiling can be raised beyond
     * @param contextBytes what the driver and its libraries take of that before the first tensor
     * @param ownLimit whether its budget is its own, from {@code memory.perGpu}
     */
    public record Gpu(
            DeviceId id, boolean emulated, long budgetBytes, long capacityBytes, long contextBytes, boolean ownLimit) {
        /** The same GPU under another {@code memory.gpu}. */
        Gpu withCeiling(long bytes) {
            return ownLimit
                    ? this
                    : new Gpu(id, emulated, Math.min(bytes, capacityBytes), capacityBytes, contextBytes, false);
        }
    }

    /** A request whose weights are limited by budgets alone, with a KV cache for all sequences at their longest. */
    public PlanRequest(
            Architecture architecture,
            Dtype dtype,
            Placement placement,
            List<Gpu> gpus,
            long hostBudgetBytes,
            int maxSequences,
            @Nullable Integer maxSequenceTokens) {
        this(architecture, dtype, placement, gpus, hostBudgetBytes, maxSequences, maxSequenceTokens, null, null);
    }

    public PlacementPolicy policy() {
        return placement.policy();
    }

    PlanRequest withGpus(UnaryOperator<Gpu> change) {
        return new PlanRequest(
                architecture,
                dtype,
                placement,
                gpus.stream().map(change).toList(),
                hostBudgetBytes,
                maxSequences,
                maxSequenceTokens,
                kvCache,
                maxMemory);
    }

    PlanRequest withHostBudget(long bytes) {
        return new PlanRequest(
                architecture, dtype, placement, gpus, bytes, maxSequences, maxSequenceTokens, kvCache, maxMemory);
    }

    PlanRequest withTokens(int tokens) {
        return new PlanRequest(
                architecture, dtype, placement, gpus, hostBudgetBytes, maxSequences, tokens, kvCache, maxMemory);
    }

    PlanRequest withDtype(Dtype other) {
        return new PlanRequest(
                architecture,
                other,
                placement,
                gpus,
                hostBudgetBytes,
                maxSequences,
                maxSequenceTokens,
                kvCache,
                maxMemory);
    }

    PlanRequest withPlacement(Placement other) {
        return new PlanRequest(
                architecture, dtype, other, gpus, hostBudgetBytes, maxSequences, maxSequenceTokens, kvCache, maxMemory);
    }

    /** The same with a KV cache of so many bytes. */
    public PlanRequest withKvCache(@Nullable KvCacheSize size) {
        return new PlanRequest(
                architecture,
                dtype,
                placement,
                gpus,
                hostBudgetBytes,
                maxSequences,
                maxSequenceTokens,
                size,
                maxMemory);
    }
}
