package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.report.PlanningReport;
import dev.plimsoll.api.report.ReplicaReport.ModelReport;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import java.nio.file.Path;
import java.util.List;

/**
 * Plans before there is a server, from headers alone: what a server of the same spec would plan on GPUs of that size, and
 * the failure that it would give in place of a plan.
 */
public final class Planning {
    private Planning() {}

    /**
     * Plans, or says why not; a checkpoint that cannot be used is a failure like any other.
     *
     * @param gpuBytes bytes of each GPU that a server would have
     * @param emulated whether those GPUs are emulated
     */
    public static PlanningReport report(
            Path folder, ModelDeploymentSpec spec, String servedName, List<Long> gpuBytes, boolean emulated) {
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            ModelFacts facts = ModelFacts.of(checkpoint);
            PlanRequest request = Plans.request(spec, facts, gpuBytes, emulated, Long.MAX_VALUE);
            ModelReport model = PlanReports.model(checkpoint, facts, request.dtype(), servedName);
            try {
                PlacementPlan plan = Plans.require(request, Plans.UNKNOWN_CORES);
                return new PlanningReport(model, PlanReports.plan(plan, device -> null), null);
            } catch (PlimsollException refused) {
                return PlanningReport.refused(model, refused.failure());
            }
        } catch (PlimsollException unusable) {
            return PlanningReport.refused(null, unusable.failure());
        }
    }
}
