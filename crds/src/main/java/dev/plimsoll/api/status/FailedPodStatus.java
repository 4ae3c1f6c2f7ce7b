package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** A pod that failed for good: its replacement is another pod. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record FailedPodStatus(
        @JsonPropertyDescription("Name of the pod.") String name,
        @JsonPropertyDescription("UID of the pod.") String uid,

        @JsonPropertyDescription("Node that it was on.") @Nullable
        String node,

        @JsonPropertyDescription("The kubelet's word, such as Evicted or UnexpectedAdmissionError.")
        String reason,

        @JsonPropertyDescription("The kubelet's sentence.") @Nullable
        String message) {}
