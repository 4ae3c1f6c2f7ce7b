package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.OperatorUpgrade;
import dev.plimsoll.api.Rollback;
import dev.plimsoll.api.Rollout;
import dev.plimsoll.operator.rollout.Policy;
import java.time.Duration;

/** What a spec says of how it wants to be changed. */
final class Policies {
    private Policies() {}

    static Policy of(ModelDeploymentSpec spec) {
        Rollout rollout = spec.rolloutOrDefault();
        return new Policy(
                spec.serverOrDefault().image(),
                rollout.onOperatorUpgrade().equals(OperatorUpgrade.RollOut),
                Duration.ofSeconds(rollout.progressDeadlineSeconds()),
                rollout.rollback().equals(Rollback.Auto),
                rollout.paused());
    }
}
