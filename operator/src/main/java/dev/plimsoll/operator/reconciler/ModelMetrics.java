package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Meters of what statuses say: each condition is 1 when it is True, 0 when it is False, NaN when it is Unknown. One that
 * was there and is no more, as Stalled is when things go on, is False.
 */
@Singleton
class ModelMetrics {
    private final MeterRegistry registry;
    private final Map<String, Gauges> models = new ConcurrentHashMap<>();

    private static final class Gauges {
        private final Map<String, Double> values = new ConcurrentHashMap<>();
        private final List<Gauge> registered = new ArrayList<>();
    }

    ModelMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void observed(ModelDeployment model, ModelDeploymentStatus status) {
        Gauges gauges = models.computeIfAbsent(model.getMetadata().getUid(), uid -> new Gauges());
        synchronized (gauges) {
            Set<String> said = status.conditions().stream()
                    .map(condition -> condition.type().toString())
                    .collect(Collectors.toSet());
            gauges.values.replaceAll((type, value) -> said.contains(type) ? value : 0.0);
            status.conditions().forEach(condition -> {
                String type = condition.type().toString();
                if (gauges.values.put(type, value(condition)) == null) {
                    gauges.registered.add(register(model, type, gauges.values));
                }
            });
        }
    }

    private Gauge register(ModelDeployment model, String type, Map<String, Double> values) {
        return Gauge.builder("plimsoll.model.condition", () -> values.getOrDefault(type, Double.NaN))
                .description("1 when the condition is True, 0 when it is False, NaN when it is Unknown")
                .tag("namespace", model.getMetadata().getNamespace())
                .tag("model", model.getMetadata().getName())
                .tag("condition", type)
                .register(registry);
    }

    private static double value(Condition condition) {
        return switch (condition.status()) {
            case True -> 1;
            case False -> 0;
            case Unknown -> Double.NaN;
        };
    }

    void failed(Exception thrown) {
        registry.counter("plimsoll.reconcile.errors", "error", thrown.getClass().getSimpleName())
                .increment();
    }

    void forget(ModelDeployment model) {
        Gauges gauges = models.remove(model.getMetadata().getUid());
        if (gauges != null) {
            synchronized (gauges) {
                gauges.registered.forEach(registry::remove);
            }
        }
    }
}
