package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.operator.replicas.Replicas;
import dev.plimsoll.operator.rollout.RolloutState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a status follows from.
 *
 * @param spec that the pods are made from; what is asked for, where there are none
 * @param generation of the spec that is asked for
 * @param selector label selector of the pods
 * @param url base URL of the OpenAI API
 * @param rollout how far the last change is
 * @param source why the checkpoint cannot be reached: a URI that is not allowed, a claim that is not there; null where
 *     nothing is known to be wrong
 * @param applyFailures objects that could not be applied, each by what it is true of
 * @param previous the status as it stands; null before the first
 * @param stale age at which a report is not believed any more, and so how long silence means nothing
 * @param now by the operator's clock
 */
public record Evidence(
        ModelDeploymentSpec spec,
        long generation,
        String selector,
        String url,
        Replicas replicas,
        DeploymentState deployment,
        RolloutState rollout,
        @Nullable Failure source,
        List<ApplyFailure> applyFailures,
        @Nullable ModelDeploymentStatus previous,
        Duration stale,
        Instant now) {
    public Evidence {
        applyFailures = List.copyOf(applyFailures);
    }
}
