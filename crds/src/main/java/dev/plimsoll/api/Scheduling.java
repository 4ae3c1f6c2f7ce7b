package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the pods may run; each field is copied into the pods as it is. */
public record Scheduling(
        @JsonPropertyDescription("Labels that a node must have.")
        Map<String, String> nodeSelector,

        @JsonPropertyDescription("Taints that the pods tolerate.")
        List<Toleration> tolerations,

        @Size(max = 253) @JsonPropertyDescription("PriorityClass of the pods.") @Nullable
        String priorityClassName,

        @Size(max = 253) @JsonPropertyDescription("RuntimeClass of the pods.") @Nullable
        String runtimeClassName) {

    public Scheduling {
        nodeSelector = Map.copyOf(Defaults.of(nodeSelector, Map.of()));
        tolerations = List.copyOf(Defaults.of(tolerations, List.of()));
    }
}
