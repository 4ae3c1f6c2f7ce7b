package dev.plimsoll.server.placement;

import java.util.List;

/**
 * What a policy has to place, and the room that there is.
 *
 * @param sequenceTokens tokens of one sequence
 * @param chunkTokens prompt tokens of one step
 * @param cachePages of the KV cache
 */
record Problem(
        PlanRequest request, Demand demand, HostNeeds hostNeeds, int sequenceTokens, int chunkTokens, int cachePages) {
    List<Demand.Unit> units() {
        return demand.units();
    }

    List<PlanRequest.Gpu> gpus() {
        return request.gpus();
    }

    /** Bytes of a GPU for weights, KV cache and buffers. */
    long room(PlanRequest.Gpu gpu) {
        return gpu.budgetBytes() - gpu.contextBytes() - demand.workspace();
    }
}
