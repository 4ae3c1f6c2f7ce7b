package dev.plimsoll.operator.rollout;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.RolloutPhase;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a change: what pods are made from, what is to be done next, and what to say of it.
 *
 * @param active what the Deployment is to be made from; empty while there is to be none
 * @param holds whether no further pod is to be replaced
 * @param step what is to be done; once it is done, the verdict is another
 * @param message why
 * @param refusal why the wanted revision does not fit; null where it does, or nobody knows yet
 * @param again when time alone changes it; null where it does not
 */
public record Verdict(
        Optional<Revision> active,
        boolean holds,
        Step step,
        RolloutPhase phase,
        String message,
        @Nullable Failure refusal,
        @Nullable Instant again) {

    /** What is to be done. */
    public sealed interface Step {
        /** Nothing. */
        record Wait() implements Step {}

        /** The wanted revision is to be planned by a pod. */
        record Plan() implements Step {}

        /** What the planning pod left is to be kept, and the pod to be removed. */
        record Keep(dev.plimsoll.operator.rollout.Plan plan) implements Step {}

        /** The upgrade is to take its turn, if nobody else has meanwhile. */
        record TakeTurn() implements Step {}

        /** The wanted revision is to be rolled out. */
        record Begin() implements Step {}

        /** A rollout that was paused goes on, with as much time as at its begin. */
        record Resume() implements Step {}

        /** The wanted revision has failed. */
        record Fail(String why) implements Step {}
    }
}
