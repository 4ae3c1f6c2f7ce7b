package dev.plimsoll.operator.replicas;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pod that has failed for good and was given up: Evicted, UnexpectedAdmissionError, a node that shut down.
 *
 * @param reason the kubelet's word; {@code Failed} where it gives none
 * @param message the kubelet's sentence; may be empty
 * @param created by the API server's clock: for order alone
 */
public record FailedPod(
        String name,
        String uid,
        @Nullable String node,
        boolean current,
        Instant created,
        String reason,
        String message) {}
