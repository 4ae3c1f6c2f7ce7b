package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/** How far the last change of a deployment is. An open word: an operator of another version may know more of them. */
@SuppressWarnings("MemberName")
public record RolloutPhase(@JsonValue String value) {
    /** It is planned, from the checkpoint's headers, before a pod is replaced. */
    public static final RolloutPhase Planning = new RolloutPhase("Planning");

    /** Its plan does not fit: no pod was replaced. */
    public static final RolloutPhase Refused = new RolloutPhase("Refused");

    /** A newer server image waits for its turn among the deployments of the cluster. */
    public static final RolloutPhase Waiting = new RolloutPhase("Waiting");

    /** It is planned, and {@code rollout.paused} keeps pods as they are. */
    public static final RolloutPhase Paused = new RolloutPhase("Paused");

    /** Pods are being replaced. */
    public static final RolloutPhase RollingOut = new RolloutPhase("RollingOut");

    /** Every replica runs it. */
    public static final RolloutPhase Complete = new RolloutPhase("Complete");

    /** It was not complete within {@code rollout.progressDeadlineSeconds}: no further pod is replaced. */
    public static final RolloutPhase Failed = new RolloutPhase("Failed");

    /** It failed, and the last revision that was Ready has taken its place. */
    public static final RolloutPhase RolledBack = new RolloutPhase("RolledBack");

    /** Those that this version knows. */
    public static final List<RolloutPhase> KNOWN =
            List.of(Planning, Refused, Waiting, Paused, RollingOut, Complete, Failed, RolledBack);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public RolloutPhase {
        Objects.requireNonNull(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
