package dev.plimsoll.server.placement;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.server.device.DeviceId;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Where each module goes and what that takes. No device is over its budget.
 *
 * @param deviceMap devices by module as the policy gives them; those of transformers are folded as transformers does
 * @param modules every module that is placed as one, in model order
 * @param devices those that hold or run a module, GPUs first
 * @param prefillChunkTokens prompt tokens that one step of libtorch takes at most; bounds the workspace
 * @param cachePages pages of the KV cache that all sequences share
 * @param kernelChunkTokens prompt tokens that one step of our own kernels takes at most; 0 when they have no part in the plan
 * @param bufferBytes one of the two buffers that a device has when weights are streamed into it; 0 when none are
 */
public record PlacementPlan(
        Dtype dtype,
        int maxSequences,
        int maxSequenceTokens,
        int cachePages,
        int prefillChunkTokens,
        int kernelChunkTokens,
        SequencedMap<String, DeviceId> deviceMap,
        SequencedMap<String, Placed> modules,
        List<DevicePlan> devices,
        HostPlan host,
        long bufferBytes)
        implements PlanOutcome {

    /** Tokens that the KV cache holds, of all sequences together. */
    public long cacheTokens() {
        return (long) cachePages * CachePages.TOKENS;
    }

    /** Sequences at their longest that the KV cache holds. */
    public int fullSequences() {
        return cachePages / CachePages.of(1, maxSequenceTokens);
    }

    /** The same plan with steps that kernels of our own run on its one device. */
    PlacementPlan withKernels(int chunkTokens, DevicePlan device) {
        return new PlacementPlan(
                dtype,
                maxSequences,
                maxSequenceTokens,
                cachePages,
                prefillChunkTokens,
                chunkTokens,
                deviceMap,
                modules,
                List.of(device),
                host,
                bufferBytes);
    }

    /** Whether weights are read from the checkpoint's files in every step. */
    public boolean readsWhileServing() {
        return modules.values().stream().anyMatch(placed -> placed.device().equals(DeviceId.DISK));
    }

    /**
     * A module's place.
     *
     * @param device where its weights live
     * @param runner the device that computes it: another one when its weights are streamed in just in time
     * @param bytes of its parameters in the plan's dtype; parameters tied to ones counted elsewhere add nothing
     * @param reason why its weights are on no GPU; null when they are, or when there is none
     */
    public record Placed(
            DeviceId device,
            DeviceId runner,
            long bytes,
            @Nullable String reason) {
        public boolean isStreamed() {
            return !device.equals(runner);
        }
    }

    /**
     * Predicted bytes on one device, and what may be used there.
     *
     * @param budgetBytes {@link PlanRequest#UNLIMITED} where nothing limits it
     * @param workspace transient bytes of a step, with the buffers that weights are streamed into
     */
    public record DevicePlan(DeviceId id, long budgetBytes, long weights, long kvCache, long workspace, long context) {
        public long total() {
            return weights + kvCache + workspace + context;
        }

        DevicePlan withWorkspace(long bytes) {
            return new DevicePlan(id, budgetBytes, weights, kvCache, bytes, context);
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
