package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** Labels and annotations that pods carry beside the operator's own: for meshes, queues, costs and the like. */
@ValidationRule(
        value = "!has(self.labels) || self.labels.all(k, !k.startsWith('plimsoll.dev/') && !(k in"
                + " ['app.kubernetes.io/name', 'app.kubernetes.io/instance', 'app.kubernetes.io/managed-by',"
                + " 'pod-template-hash']))",
        fieldPath = ".labels",
        message =
                "podMetadata.labels may not hold plimsoll.dev/..., app.kubernetes.io/name, app.kubernetes.io/instance,"
                        + " app.kubernetes.io/managed-by or pod-template-hash: they say whose the pods are")
@ValidationRule(
        value = "!has(self.annotations) || self.annotations.all(k, !k.startsWith('plimsoll.dev/'))",
        fieldPath = ".annotations",
        message = "podMetadata.annotations may not hold plimsoll.dev/...: those are the operator's")
@JsonIgnoreProperties(ignoreUnknown = true)
public record PodMetadata(
        @InSchema(atomic = true, most = 32, longest = 63, matches = "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$")
        @JsonPropertyDescription("Labels of the pods.")
        Map<String, String> labels,

        @InSchema(atomic = true, most = 32, longest = 8192) @JsonPropertyDescription("Annotations of the pods.")
        Map<String, String> annotations) {

    public PodMetadata {
        labels = Map.copyOf(Defaults.of(labels, Map.of()));
        annotations = Map.copyOf(Defaults.of(annotations, Map.of()));
    }
}
