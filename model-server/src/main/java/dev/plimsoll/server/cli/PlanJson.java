package dev.plimsoll.server.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.server.placement.PlacementPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plan for machines. Memory is bytes.
 *
 * @param deviceMap module to device
 * @param failure why nothing fits; absent when it does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PlanJson(
        boolean fits,
        Map<String, String> deviceMap,
        List<Device> devices,
        @Nullable Host host,
        @Nullable Failure failure) {

    record Device(String name, long budget, long weights, long kvCache, long workspace, long context, long total) {}

    record Host(long budget, long engine, long staging, long tensors, long emulated, long total) {}

    static PlanJson of(PlacementPlan plan) {
        Map<String, String> map = new LinkedHashMap<>();
        plan.modules()
                .forEach((module, placed) -> map.put(module, placed.device().toString()));
        PlacementPlan.HostPlan host = plan.host();
        return new PlanJson(
                true,
                map,
                plan.devices().stream()
                        .map(device -> new Device(
                                device.id().toString(),
                                device.budgetBytes(),
                                device.weights(),
                                device.kvCache(),
                                device.workspace(),
                                device.context(),
                                device.total()))
                        .toList(),
                new Host(
                        host.budgetBytes(),
                        host.engine(),
                        host.staging(),
                        host.tensors(),
                        host.emulated(),
                        host.total()),
                null);
    }

    static PlanJson of(Failure failure) {
        return new PlanJson(false, Map.of(), List.of(), null, failure);
    }
}
