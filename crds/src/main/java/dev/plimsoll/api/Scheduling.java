package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the pods may run; each field is copied into the pods as it is. */
@ValidationRule(
        value = "!has(self.tolerations) || self.tolerations.all(t, !has(t.operator)"
                + " || t.operator in ['', 'Exists', 'Equal', 'Lt', 'Gt'])",
        fieldPath = ".tolerations",
        message = "scheduling.tolerations: operator must be Exists or Equal")
@ValidationRule(
        value = "!has(self.tolerations) || self.tolerations.all(t, !has(t.operator) || t.operator != 'Exists'"
                + " || !has(t.value) || t.value == '')",
        fieldPath = ".tolerations",
        message = "scheduling.tolerations: operator Exists takes no value: remove it, or choose Equal")
@ValidationRule(
        value = "!has(self.tolerations) || self.tolerations.all(t, !has(t.effect)"
                + " || t.effect in ['', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'])",
        fieldPath = ".tolerations",
        message = "scheduling.tolerations: effect must be NoSchedule, PreferNoSchedule or NoExecute")
@ValidationRule(
        value = "!has(self.tolerations) || self.tolerations.all(t, (has(t.key) && t.key != '')"
                + " || (has(t.operator) && t.operator == 'Exists'))",
        fieldPath = ".tolerations",
        message = "scheduling.tolerations: without a key operator must be Exists")
@JsonIgnoreProperties(ignoreUnknown = true)
public record Scheduling(
        @InSchema(atomic = true, most = 64, longest = 63, matches = "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$")
        @JsonPropertyDescription("Labels that a node must have.")
        Map<String, String> nodeSelector,

        @InSchema(atomic = true, most = 64) @JsonPropertyDescription("Taints that the pods tolerate.")
        List<Toleration> tolerations,

        @Size(max = 253) @Pattern(Scheduling.NAME) @JsonPropertyDescription("PriorityClass of the pods.") @Nullable
        String priorityClassName,

        @Size(max = 253) @Pattern(Scheduling.NAME) @JsonPropertyDescription("RuntimeClass of the pods.") @Nullable
        String runtimeClassName) {

    /** A DNS subdomain, as most names are; empty is none. */
    static final String NAME = "^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$";

    public Scheduling {
        nodeSelector = Map.copyOf(Defaults.of(nodeSelector, Map.of()));
        tolerations = List.copyOf(Defaults.of(tolerations, List.of()));
    }
}
