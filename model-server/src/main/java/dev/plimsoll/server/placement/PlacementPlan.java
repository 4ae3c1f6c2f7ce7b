package dev.plimsoll.server.placement;

import dev.plimsoll.api.Dtype;
import java.util.List;
import java.util.SequencedMap;

/**
 * Where each module goes and what that takes. No device is over its budget.
 *
 * @param modules device of every module that is placed as one, in model order, with its bytes
 * @param devices those that hold a module, GPUs first
 * @param prefillChunkTokens prompt tokens that one step takes at most; bounds the workspace
 */
public record PlacementPlan(
        Dtype dtype,
        int maxSequences,
        int maxSequenceTokens,
        int prefillChunkTokens,
        SequencedMap<String, Placed> modules,
        List<DevicePlan> devices,
        HostPlan host)
        implements PlanOutcome {

    /**
     * A module's place.
     *
     * @param bytes of its parameters in the plan's dtype; parameters tied to ones counted elsewhere add nothing
     */
    public record Placed(DeviceId device, long bytes) {}

    /** Predicted bytes on one device, and what may be used there. */
    public record DevicePlan(DeviceId id, long budgetBytes, long weights, long kvCache, long workspace, long context) {
        public long total() {
            return weights + kvCache + workspace + context;
        }
    }

    /**
     * Predicted bytes of host memory (anonymous, shared and pinned).
     *
     * @param engine the JVM and libtorch before the first tensor
     * @param staging the loader's buffers
     * @param tensors weights, KV cache and workspace placed on the host
     * @param emulated bytes of emulated GPUs, which are the container's, too
     */
    public record HostPlan(long budgetBytes, long engine, long staging, long tensors, long emulated) {
        public long total() {
            return engine + staging + tensors + emulated;
        }
    }
}
