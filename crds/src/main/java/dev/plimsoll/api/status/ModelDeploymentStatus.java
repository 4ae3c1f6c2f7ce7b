package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.plimsoll.api.InSchema;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts that change rarely, rounded to what a person reads. Exact bytes are in {@code /placement} and in the metrics.
 * A value that was not measured is absent.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ModelDeploymentStatus(
        @JsonPropertyDescription("The generation of the spec that this status speaks of.") @Nullable
        Long observedGeneration,

        @StatusReplicas @JsonPropertyDescription("Pods that exist.")
        Integer replicas,

        @JsonPropertyDescription("Pods that answer requests.")
        Integer readyReplicas,

        @JsonPropertyDescription("Pods of the current spec.")
        Integer updatedReplicas,

        @JsonPropertyDescription("Pods that are being deleted and hold what they held.") @Nullable
        Integer terminatingReplicas,

        @JsonPropertyDescription("""
                The number of replicas that was last reached: while so many serve as specified, a scale-up beyond it \
                leaves Ready True.""") @Nullable Integer reachedReplicas,

        @LabelSelector @JsonPropertyDescription("Label selector of the pods, for the scale subresource.")
        String selector,

        @JsonPropertyDescription("Base URL of the OpenAI API inside the cluster.") @Nullable
        String url,

        @JsonPropertyDescription("What kubectl get shows.") Summary summary,

        @JsonPropertyDescription("The checkpoint, as read from its headers.") @Nullable
        ModelFacts model,

        @JsonPropertyDescription("What the headers promised: predicted bytes of one replica.") @Nullable
        PlanStatus plan,

        @JsonPropertyDescription("How the last change reached the pods, or why it has not.") @Nullable
        RolloutStatus rollout,

        @InSchema(atomic = true) @JsonPropertyDescription("The replicas: at most 32, those that need attention first.")
        List<PodStatus> pods,

        @JsonPropertyDescription("Pods beyond those that are listed; absent where all are.") @Nullable
        Integer hiddenPods,

        @InSchema(atomic = true)
        @JsonPropertyDescription("Pods that failed for good and that nobody has deleted: the latest 8.")
        @Nullable
        List<FailedPodStatus> failedPods,

        @InSchema(key = "type")
        @JsonPropertyDescription("Its aspects, positive when all is well; Ready is the sum of them.")
        List<Condition> conditions) {
    public ModelDeploymentStatus {
        pods = List.copyOf(pods == null ? List.of() : pods);
        conditions = List.copyOf(conditions == null ? List.of() : conditions);
    }
}
