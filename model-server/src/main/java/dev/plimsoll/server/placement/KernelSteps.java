package dev.plimsoll.server.placement;

import dev.plimsoll.server.architecture.Architecture.Task;
import dev.plimsoll.server.placement.KernelMemory.LargestStep;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import java.util.OptionalLong;

/**
 * Lets a plan's steps be run by kernels of our own: the whole model lies on one GPU, there are kernels for it, and their
 * buffers fit. Prompts are then read in the largest chunks that fit beside the model. The workspace is what kernels or
 * libtorch take, whichever is more: whether the machine can run the kernels is known only there.
 */
record KernelSteps(PlanRequest request, KernelMemory memory) {
    /** Beyond this a step takes longer and its tokens do not take less each. */
    private static final int MOST_CHUNK_TOKENS = 4096;

    private static final int LEAST_CHUNK_TOKENS = 64;

    PlacementPlan in(PlacementPlan plan) {
        if (request.architecture().task() != Task.GENERATE || !isWholeOnOneGpu(plan)) {
            return plan;
        }
        int most = (int) Math.min(MOST_CHUNK_TOKENS, (long) plan.maxSequences() * plan.maxSequenceTokens());
        for (int chunk = most; chunk >= Math.min(most, LEAST_CHUNK_TOKENS); chunk /= 2) {
            OptionalLong bytes = memory.bytes(
                    request.architecture(),
                    plan.dtype(),
                    new LargestStep(
                            plan.maxSequences(),
                            plan.maxSequenceTokens(),
                            Math.max(chunk, plan.maxSequences()),
                            plan.cachePages()));
            if (bytes.isEmpty()) {
                return plan;
            }
            DevicePlan device = plan.devices().getFirst();
            DevicePlan grown = device.withWorkspace(Math.max(device.workspace(), bytes.getAsLong()));
            if (grown.total() <= grown.budgetBytes()) {
                return plan.withKernels(chunk, grown);
            }
        }
        return plan;
    }

    private boolean isWholeOnOneGpu(PlacementPlan plan) {
        return plan.devices().size() == 1
                && request.gpus().stream()
                        .anyMatch(gpu -> !gpu.emulated()
                                && gpu.id().equals(plan.devices().getFirst().id()))
                && plan.modules().values().stream().noneMatch(PlacementPlan.Placed::isStreamed);
    }
}
