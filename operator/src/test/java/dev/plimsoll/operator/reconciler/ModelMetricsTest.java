package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ModelMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ModelMetrics metrics = new ModelMetrics(registry);

    @Test
    void aConditionThatIsNoMoreIsFalse() {
        observed("a", "{type: Ready, status: 'False'}, {type: Stalled, status: 'True'}");
        assertThat(gauges("a")).isEqualTo(Map.of("Ready", 0.0, "Stalled", 1.0));
        observed("a", "{type: Ready, status: 'True'}");
        assertThat(gauges("a")).isEqualTo(Map.of("Ready", 1.0, "Stalled", 0.0));
        observed("a", "{type: Ready, status: Unknown}, {type: Reconciling, status: 'True'}");
        assertThat(gauges("a")).isEqualTo(Map.of("Ready", Double.NaN, "Stalled", 0.0, "Reconciling", 1.0));
    }

    @Test
    void aModelThatIsNoMoreHasNoMeters() {
        observed("a", "{type: Ready, status: 'True'}");
        observed("b", "{type: Ready, status: 'True'}");
        metrics.forget(model("a", ""));
        assertThat(gauges("a")).isEmpty();
        assertThat(gauges("b")).isEqualTo(Map.of("Ready", 1.0));
    }

    private void observed(String name, String conditions) {
        ModelDeployment model = model(name, conditions);
        metrics.observed(model, Objects.requireNonNull(model.getStatus()));
    }

    private static ModelDeployment model(String name, String conditions) {
        return Serialization.unmarshal("""
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                metadata: {namespace: models, name: %1$s, uid: uid-of-%1$s}
                status: {conditions: [%2$s]}
                """.formatted(name, conditions), ModelDeployment.class);
    }

    private Map<String, Double> gauges(String name) {
        Map<String, Double> values = new TreeMap<>();
        registry.find("plimsoll.model.condition")
                .tag("model", name)
                .gauges()
                .forEach(
                        gauge -> values.put(Objects.requireNonNull(gauge.getId().getTag("condition")), gauge.value()));
        return values;
    }
}
