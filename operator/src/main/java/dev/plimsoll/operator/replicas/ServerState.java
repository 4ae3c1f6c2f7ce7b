package dev.plimsoll.operator.replicas;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What Kubernetes says of the container that serves. */
public sealed interface ServerState {
    /** No node has the pod yet, or its kubelet has not said anything. */
    record NotStarted() implements ServerState {}

    /**
     * It waits, for instance for its image or to be restarted.
     *
     * @param reason the kubelet's word, such as {@code ImagePullBackOff}; empty where it gives none
     */
    record Waiting(String reason, String message) implements ServerState {}

    /**
     * It runs.
     *
     * @param startedAt by the node's clock
     * @param started whether its startup probe has passed
     */
    record Running(@Nullable Instant startedAt, boolean started) implements ServerState {}

    /** It has ended and was not restarted. */
    record Ended(Termination how) implements ServerState {}
}
