package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.report.ReplicaReport.DevicePlanReport;
import dev.plimsoll.api.report.ReplicaReport.ModelReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.placement.PlacementPlan;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A model and its plan as reports tell of them. */
final class PlanReports {
    private PlanReports() {}

    static ModelReport model(Checkpoint checkpoint, ModelFacts facts, Dtype dtype, String servedName) {
        return new ModelReport(
                facts.architecture().name(),
                facts.parameters(),
                facts.architecture().shape().layers(),
                checkpoint.bytes(),
                facts.stored(),
                dtype,
                checkpoint.revision(),
                servedName);
    }

    /** @param modules what lies on a device; null where that is not told */
    static PlanReport plan(PlacementPlan plan, Function<DeviceId, @Nullable List<String>> modules) {
        return new PlanReport(
                plan.devices().stream()
                        .map(device -> new DevicePlanReport(
                                device.id().toString(),
                                device.budgetBytes(),
                                device.weights(),
                                device.kvCache(),
                                device.workspace(),
                                device.context(),
                                device.total(),
                                modules.apply(device.id())))
                        .toList(),
                plan.host().total(),
                plan.maxSequences(),
                plan.maxSequenceTokens(),
                plan.cacheTokens());
    }
}
