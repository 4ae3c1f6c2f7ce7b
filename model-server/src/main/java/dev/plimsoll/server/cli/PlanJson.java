package dev.plimsoll.server.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.lifecycle.ModelFacts;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plan for machines. Memory is bytes; what nothing limits has no limit here.
 *
 * @param deviceMap module to device, as the policy gives it; {@code ""} is everything
 * @param devices those that hold or run something
 * @param steps what a step takes at most
 * @param modules what is placed as one, in model order
 * @param failure why nothing fits; absent when it does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PlanJson(
        Map<String, String> deviceMap,
        List<Device> devices,
        boolean fits,
        @Nullable Model model,
        @Nullable PlacementPolicy policy,
        @Nullable Steps steps,
        @Nullable Cache cache,
        @Nullable List<Module> modules,
        @Nullable Host host,
        @Nullable Failure failure) {

    /** @param fromHeaders false when config.json alone was read */
    record Model(
            String architecture, long parameters, int layers, Dtype storedDtype, Dtype dtype, boolean fromHeaders) {}

    /**
     * @param chunkTokens prompt tokens of one step
     * @param kernels whether that is with kernels of our own, if the GPU runs them
     */
    record Steps(int chunkTokens, boolean kernels) {
        static Steps of(PlacementPlan plan) {
            boolean kernels = plan.kernelChunkTokens() > 0;
            return new Steps(kernels ? plan.kernelChunkTokens() : plan.prefillChunkTokens(), kernels);
        }
    }

    /**
     * The KV cache.
     *
     * @param tokens of all sequences together
     * @param sequences at their longest that it holds
     */
    record Cache(long tokens, int sequences) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Device(
            String name,
            @Nullable Long maxMemory,
            @Nullable Long budget,
            long weights,
            long kvCache,
            long workspace,
            long context,
            long total) {}

    /**
     * @param runner the device that computes it
     * @param reason why its weights are on no GPU
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Module(
            String name,
            String device,
            String runner,
            long bytes,
            @Nullable String reason) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Host(@Nullable Long budget, long engine, long staging, long tensors, long emulated, long total) {}

    static PlanJson of(ModelFacts model, PlanRequest request, PlacementPlan plan) {
        Map<String, String> map = new LinkedHashMap<>();
        plan.deviceMap().forEach((module, device) -> map.put(module, device.toString()));
        return new PlanJson(
                map,
                plan.devices().stream().map(device -> device(request, device)).toList(),
                true,
                model(model, request),
                request.policy(),
                Steps.of(plan),
                new Cache(plan.cacheTokens(), plan.fullSequences()),
                plan.modules().entrySet().stream()
                        .map(entry -> module(entry.getKey(), entry.getValue()))
                        .toList(),
                host(plan.host()),
                null);
    }

    static PlanJson of(ModelFacts model, PlanRequest request, Failure failure) {
        return new PlanJson(
                Map.of(), List.of(), false, model(model, request), request.policy(), null, null, null, null, failure);
    }

    /** A failure before there was a model to plan. */
    static PlanJson of(Failure failure) {
        return new PlanJson(Map.of(), List.of(), false, null, null, null, null, null, null, failure);
    }

    private static Model model(ModelFacts model, PlanRequest request) {
        return new Model(
                model.architecture().name(),
                model.parameters(),
                model.architecture().shape().layers(),
                model.stored(),
                request.dtype(),
                model.fromHeaders());
    }

    private static Device device(PlanRequest request, PlacementPlan.DevicePlan device) {
        Map<DeviceId, Long> limits = request.maxMemory();
        return new Device(
                device.id().toString(),
                limits == null ? null : limits.get(device.id()),
                limit(device.budgetBytes()),
                device.weights(),
                device.kvCache(),
                device.workspace(),
                device.context(),
                device.total());
    }

    private static Module module(String name, PlacementPlan.Placed placed) {
        return new Module(
                name, placed.device().toString(), placed.runner().toString(), placed.bytes(), placed.reason());
    }

    private static Host host(PlacementPlan.HostPlan host) {
        return new Host(
                limit(host.budgetBytes()),
                host.engine(),
                host.staging(),
                host.tensors(),
                host.emulated(),
                host.total());
    }

    private static @Nullable Long limit(long bytes) {
        return bytes >= PlanRequest.UNLIMITED ? null : bytes;
    }
}
