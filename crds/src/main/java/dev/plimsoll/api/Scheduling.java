package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the pods may run. */
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
        String runtimeClassName,

        @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonDeserialize(using = LenientAffinity.class)
        @InSchema(opaque = true)
        @JsonPropertyDescription("""
                Affinity of the pods, as in a Pod. A node affinity or node selector that names kubernetes.io/arch \
                lifts the default of amd64, the only one that the server's image is built for.""")
        @Nullable
        Affinity affinity,

        @JsonInclude(JsonInclude.Include.NON_NULL)
        @InSchema(key = "topologyKey", most = 8)
        @JsonPropertyDescription("""
                How evenly replicas lie over groups of nodes. Default: over nodes (kubernetes.io/hostname) as far as \
                that can be.""")
        @Nullable
        List<TopologySpread> topologySpread) {

    /** A DNS subdomain, as most names are; empty is none. */
    static final String NAME = "^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$";

    /** What a deployment that says nothing of where pods may run gets. */
    public static final Scheduling DEFAULT = new Scheduling(Map.of(), List.of(), null, null);

    /** With neither affinity nor spread. */
    public Scheduling(
            Map<String, String> nodeSelector,
            List<Toleration> tolerations,
            @Nullable String priorityClassName,
            @Nullable String runtimeClassName) {
        this(nodeSelector, tolerations, priorityClassName, runtimeClassName, null, null);
    }

    public Scheduling {
        nodeSelector = Map.copyOf(Defaults.of(nodeSelector, Map.of()));
        tolerations = List.copyOf(Defaults.of(tolerations, List.of()));
    }

    /** Fields of the affinity that are none of an affinity, or not of its types. */
    List<String> unreadable() {
        return affinity == null
                ? List.of()
                : affinity.getAdditionalProperties().keySet().stream().sorted().toList();
    }
}
