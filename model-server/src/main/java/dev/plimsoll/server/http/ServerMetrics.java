package dev.plimsoll.server.http;

import dev.plimsoll.api.report.EngineReport;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.DeviceUsage;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.lifecycle.ModelServer;
import dev.plimsoll.server.lifecycle.StartUp;
import dev.plimsoll.server.placement.PlacementPlan;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What Prometheus sees of the model and its devices. A value that was not measured is NaN, never zero. */
final class ServerMetrics {
    private ServerMetrics() {}

    static void register(ModelServer server, MeterRegistry registry) {
        Gauge.builder("plimsoll.sequences.running", server, s -> scheduled(s, Scheduler::running))
                .register(registry);
        Gauge.builder("plimsoll.sequences.waiting", server, s -> scheduled(s, Scheduler::waiting))
                .register(registry);
        Gauge.builder("plimsoll.sequences.paused", server, s -> scheduled(s, Scheduler::paused))
                .register(registry);
        Gauge.builder("vllm:num_requests_running", server, s -> scheduled(s, Scheduler::running))
                .tag("model_name", server.name())
                .register(registry);
        Gauge.builder("vllm:num_requests_waiting", server, s -> scheduled(s, Scheduler::waiting))
                .tag("model_name", server.name())
                .register(registry);
        Gauge.builder("vllm:kv_cache_usage_perc", server, s -> scheduled(s, Scheduler::cacheUsage))
                .tag("model_name", server.name())
                .register(registry);
        for (String engine : List.of(EngineReport.KERNELS, EngineReport.LIBTORCH)) {
            Gauge.builder("plimsoll.engine", server, s -> runs(s.engine(), engine))
                    .tag("engine", engine)
                    .register(registry);
        }
        LoadMetrics.register(registry, server::loaded);
        for (StartUp.Part part : StartUp.Part.values()) {
            Gauge.builder(
                            "plimsoll.startup.seconds",
                            server,
                            s -> orNotANumber(s.startUp().seconds(part)))
                    .tag("part", part.toString())
                    .register(registry);
        }
        Gauge.builder("plimsoll.start.to.ready.seconds", server, s -> orNotANumber(s.startToReadySeconds()))
                .register(registry);
        for (PlacementPlan.DevicePlan device : server.plan().devices()) {
            predicted(registry, device, "weights", PlacementPlan.DevicePlan::weights);
            predicted(registry, device, "kv_cache", PlacementPlan.DevicePlan::kvCache);
            predicted(registry, device, "workspace", PlacementPlan.DevicePlan::workspace);
            measured(registry, server, device.id(), "weights", DeviceUsage::weights);
            measured(registry, server, device.id(), "kv_cache", DeviceUsage::kvCache);
            measured(registry, server, device.id(), "workspace", DeviceUsage::workspace);
            measured(registry, server, device.id(), "process", DeviceUsage::process);
        }
    }

    private static double scheduled(ModelServer server, ToDoubleFunction<Scheduler> value) {
        Scheduler scheduler = server.scheduler();
        return scheduler == null ? Double.NaN : value.applyAsDouble(scheduler);
    }

    private static double runs(@Nullable EngineReport engine, String name) {
        return engine == null ? Double.NaN : engine.name().equals(name) ? 1 : 0;
    }

    private static double orNotANumber(@Nullable Double seconds) {
        return seconds == null ? Double.NaN : seconds;
    }

    private static void predicted(
            MeterRegistry registry,
            PlacementPlan.DevicePlan device,
            String kind,
            ToDoubleFunction<PlacementPlan.DevicePlan> value) {
        Gauge.builder("plimsoll.device.predicted.bytes", device, value)
                .tag("device", device.id().toString())
                .tag("kind", kind)
                .register(registry);
    }

    private static void measured(
            MeterRegistry registry,
            ModelServer server,
            DeviceId device,
            String kind,
            Function<DeviceUsage, OptionalLong> value) {
        Gauge.builder("plimsoll.device.bytes", server, s -> {
                    OptionalLong bytes = s.usage(device).map(value).orElse(OptionalLong.empty());
                    return bytes.isPresent() ? bytes.getAsLong() : Double.NaN;
                })
                .tag("device", device.toString())
                .tag("kind", kind)
                .register(registry);
    }
}
