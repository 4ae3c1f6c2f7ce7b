package dev.plimsoll.operator.judgement;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Kubernetes says of the Deployment of the pods.
 *
 * @param exists whether there is one
 * @param paused whether somebody has paused it: then it replaces no pod
 * @param deadlineExceeded its words when it gave up waiting; null while it has not
 * @param replicaFailure its words when it cannot make pods, such as a quota's; null while it can
 */
public record DeploymentState(
        boolean exists,
        boolean paused,
        @Nullable String deadlineExceeded,
        @Nullable String replicaFailure) {

    /** Of a Deployment as it stands; null where there is none. */
    public static DeploymentState of(@Nullable Deployment deployment) {
        return deployment == null
                ? new DeploymentState(false, false, null, null)
                : new DeploymentState(
                        true,
                        deployment.getSpec() != null
                                && Boolean.TRUE.equals(deployment.getSpec().getPaused()),
                        message(deployment, "Progressing", "False"),
                        message(deployment, "ReplicaFailure", "True"));
    }

    private static @Nullable String message(Deployment deployment, String type, String status) {
        List<DeploymentCondition> conditions = deployment.getStatus() == null
                ? List.of()
                : Objects.requireNonNullElse(deployment.getStatus().getConditions(), List.of());
        return conditions.stream()
                .filter(condition -> type.equals(condition.getType()) && status.equals(condition.getStatus()))
                .map(condition -> Optional.ofNullable(condition.getMessage())
                        .orElseGet(() -> String.valueOf(condition.getReason())))
                .findFirst()
                .orElse(null);
    }
}
