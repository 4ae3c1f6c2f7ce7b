package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.engine.StartingEngine;
import dev.plimsoll.server.memory.HostMemory;
import dev.plimsoll.server.placement.PlacementPlan;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The first steps of a model. One of a single token makes what is made only once; then the largest steps show what a
 * step takes.
 */
final class WarmUp {
    private final PlacementPlan plan;
    private final List<Device> runners;

    WarmUp(PlacementPlan plan, Map<DeviceId, Device> devices) {
        this.plan = plan;
        this.runners = plan.modules().values().stream()
                .map(PlacementPlan.Placed::runner)
                .distinct()
                .map(runner -> Objects.requireNonNull(devices.get(runner)))
                .toList();
    }

    /**
     * Whether the weights must be there first. On GPUs that hold all of them, what a step takes does not depend on their
     * values, nor its measuring on what the host does meanwhile.
     */
    boolean needsWeights() {
        return isStreamed() || !runsOnCuda();
    }

    void run(StartingEngine model) {
        model.firstStep();
        if (runsOnCuda()) {
            model.warmUp();
            runners.forEach(device -> device.workspaceMeasured(0));
        } else {
            HostMemory.transientBytes(model::warmUp, planned())
                    .ifPresent(bytes -> runners.forEach(device -> device.workspaceMeasured(bytes)));
        }
    }

    /** Without stream buffers, which are there before the steps are. */
    private long planned() {
        long workspace = plan.devices().stream()
                .mapToLong(PlacementPlan.DevicePlan::workspace)
                .max()
                .orElse(0);
        return workspace - (isStreamed() ? 2 * plan.bufferBytes() : 0);
    }

    private boolean isStreamed() {
        return plan.modules().values().stream().anyMatch(PlacementPlan.Placed::isStreamed);
    }

    private boolean runsOnCuda() {
        return runners.stream().allMatch(device -> device.kind().equals(DeviceReport.Kind.Cuda));
    }
}
