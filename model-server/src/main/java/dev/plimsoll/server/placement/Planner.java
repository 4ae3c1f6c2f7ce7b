package dev.plimsoll.server.placement;

import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.Serving;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;

/** Decides what goes where and what that takes, from headers alone. Pure: the same request gives the same answer. */
public final class Planner {
    /** Prompt tokens that one step takes at most: enough to keep a device busy, few enough to bound the workspace. */
    private static final int CHUNK_TOKENS = 256;

    private final HostNeeds hostNeeds;

    public Planner(HostNeeds hostNeeds) {
        this.hostNeeds = hostNeeds;
    }

    public PlanOutcome plan(PlanRequest request) {
        PlanOutcome outcome = attempt(request);
        return outcome instanceof Refusal(Failure failure)
                        && !failure.deficits().isEmpty()
                ? new Refusal(new Alternatives(this, request).describe(failure))
                : outcome;
    }

    /** As {@link #plan}, without looking for what would fit instead. */
    PlanOutcome attempt(PlanRequest request) {
        int allowed = request.architecture().shape().maxPositions();
        Integer asked = request.maxSequenceTokens();
        if (asked != null && asked > allowed) {
            return new Refusal(Failure.of(
                    Reason.SequenceTooLong,
                    "serving.maxSequenceTokens is " + asked + ", the model was made for " + allowed
                            + ": set it to at most " + allowed));
        }
        if (request.policy() == PlacementPolicy.GpuOnly && request.gpus().isEmpty()) {
            return new Refusal(Failure.of(
                    Reason.NoGpu,
                    "policy GpuOnly needs a GPU and this process sees none: ask for one with gpu.resourceName and"
                            + " gpu.count, check the node's driver, or choose placement.policy HostOnly"));
        }
        int tokens = asked == null ? Math.min(allowed, Serving.DEFAULT_SEQUENCE_TOKENS) : asked;
        int chunk = Math.min(CHUNK_TOKENS, tokens);
        Demand demand = Demand.of(
                request.architecture(), ElementType.of(request.dtype()).bytes(), request.maxSequences(), tokens, chunk);
        return new Packing(request, demand, hostNeeds, tokens, chunk).solve();
    }
}
