package dev.plimsoll.operator.page.view;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.FailedPodStatus;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.ModelFacts;
import dev.plimsoll.api.status.RolloutStatus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that is shown of one deployment.
 *
 * @param generation of the spec as it is now
 * @param observedGeneration of the spec that the status speaks of
 * @param planned hulls of what is asked for, where no replica has hulls of its own
 * @param hiddenReplicas how many more there are than are listed
 */
public record Sheet(
        Card card,
        String uri,
        String policy,
        @Nullable Long generation,
        @Nullable Long observedGeneration,
        @Nullable String url,
        @Nullable ModelFacts model,
        @Nullable RolloutStatus rollout,
        List<Trouble> troubles,
        List<Condition> conditions,
        List<Hull> planned,
        List<ReplicaView> replicas,
        int hiddenReplicas,
        List<FailedPodStatus> failedPods) {

    public static Sheet of(ModelDeployment model, Troubleshooting troubleshooting) {
        ModelDeploymentStatus status = model.getStatus();
        Hulls hulls = Hulls.of(model);
        List<Condition> conditions = status == null ? List.of() : status.conditions();
        List<ReplicaView> replicas = status == null
                ? List.of()
                : status.pods().stream().map(pod -> ReplicaView.of(pod, hulls)).toList();
        return new Sheet(
                Card.of(model),
                model.getSpec().model().uri(),
                model.getSpec().placement().policy().toString(),
                model.getMetadata().getGeneration(),
                status == null ? null : status.observedGeneration(),
                status == null ? null : status.url(),
                status == null ? null : status.model(),
                status == null ? null : status.rollout(),
                Trouble.of(conditions, troubleshooting),
                conditions,
                replicas.stream().allMatch(replica -> replica.hulls().isEmpty()) ? hulls.planned() : List.of(),
                replicas,
                status == null ? 0 : Objects.requireNonNullElse(status.hiddenPods(), 0),
                status == null ? List.of() : Objects.requireNonNullElse(status.failedPods(), List.of()));
    }
}
