package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts that change rarely, rounded to what a person reads. Exact bytes are in {@code /placement} and in the metrics.
 * A value that was not measured is absent.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelDeploymentStatus(
        @JsonPropertyDescription("The generation of the spec that this status speaks of.") @Nullable
        Long observedGeneration,

        @StatusReplicas @JsonPropertyDescription("Pods that exist.")
        Integer replicas,

        @JsonPropertyDescription("Pods that answer requests.")
        Integer readyReplicas,

        @JsonPropertyDescription("Pods of the current spec.")
        Integer updatedReplicas,

        @LabelSelector @JsonPropertyDescription("Label selector of the pods, for the scale subresource.")
        String selector,

        @JsonPropertyDescription("Base URL of the OpenAI API inside the cluster.") @Nullable
        String url,

        @JsonPropertyDescription("What kubectl get shows.") Summary summary,

        @JsonPropertyDescription("The checkpoint, as read from its headers.") @Nullable
        ModelFacts model,

        @JsonPropertyDescription("What the headers promised: predicted bytes of one replica.") @Nullable
        PlanStatus plan,

        @JsonPropertyDescription("The replicas: at most 32, those that are not ready and the oldest first.")
        List<PodStatus> pods,

        List<Condition> conditions) {
    public ModelDeploymentStatus {
        pods = List.copyOf(pods == null ? List.of() : pods);
        conditions = List.copyOf(conditions == null ? List.of() : conditions);
    }
}
