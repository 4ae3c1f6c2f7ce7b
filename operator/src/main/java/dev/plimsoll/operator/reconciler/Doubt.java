package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is left of a status when judging has failed. */
final class Doubt {
    private Doubt() {}

    /** What stands, with every condition unknown because of what was thrown. */
    static Optional<ModelDeploymentStatus> unknown(
            ModelDeployment model, @Nullable ModelDeploymentStatus standing, Exception thrown, Instant now) {
        return Optional.ofNullable(standing)
                .map(said -> new ModelDeploymentStatus(
                        model.getMetadata().getGeneration(),
                        said.replicas(),
                        said.readyReplicas(),
                        said.updatedReplicas(),
                        said.terminatingReplicas(),
                        said.reachedReplicas(),
                        said.selector(),
                        said.url(),
                        said.summary(),
                        said.model(),
                        said.plan(),
                        said.rollout(),
                        said.pods(),
                        said.hiddenPods(),
                        said.failedPods(),
                        said.conditions().stream()
                                .map(condition -> unknown(model, condition, thrown, now))
                                .toList()))
                .filter(status -> !status.equals(standing));
    }

    private static Condition unknown(ModelDeployment model, Condition said, Exception thrown, Instant now) {
        return new Condition(
                said.type(),
                ConditionStatus.Unknown,
                new Reason("ReconcileFailed"),
                "the operator failed to judge this deployment, its log says more: " + SingleLine.of(thrown.toString()),
                model.getMetadata().getGeneration(),
                said.status() == ConditionStatus.Unknown
                        ? said.lastTransitionTime()
                        : now.truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
