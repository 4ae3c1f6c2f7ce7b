package dev.plimsoll.server.placement;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.Architecture;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a plan depends on.
 *
 * @param dtype never {@code Auto}: resolved against the checkpoint before
 * @param gpus those that the process may use, in order
 * @param hostBudgetBytes ceiling of the container
 * @param maxSequences sequences that share a step
 * @param maxSequenceTokens tokens of one sequence; null means what the model allows, at most 4096
 */
public record PlanRequest(
        Architecture architecture,
        Dtype dtype,
        PlacementPolicy policy,
        List<Gpu> gpus,
        long hostBudgetBytes,
        int maxSequences,
        @Nullable Integer maxSequenceTokens) {

    /**
     * A GPU to plan for.
     *
     * @param emulated whether its bytes are the container's own
     * @param budgetBytes what the process may take of it, everything included
     * @param capacityBytes what the process could take of it at most: no ceiling can be raised beyond
     * @param contextBytes what the driver and its libraries take of that before the first tensor
     */
    public record Gpu(DeviceId id, boolean emulated, long budgetBytes, long capacityBytes, long contextBytes) {}
}
