package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeploymentSpec;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LifecycleBuilder;

/**
 * How the grace period of a pod is spent: first the server goes on serving while its endpoints go, so that nobody is sent
 * to a server that refuses; then it takes nothing new and finishes what it has; then its process ends. All of it counts in
 * the period, the sleep of the preStop hook too.
 */
final class Ending {
    /** For endpoints to go from every proxy. */
    static final int PAUSE_SECONDS = 5;

    /** For answers to leave and the process to end, after the last request was finished or failed. */
    private static final int EXIT_SECONDS = 10;

    private Ending() {}

    /** The pause is the kubelet's, before the server is told anything: it needs no shell in the image. */
    static Lifecycle lifecycle() {
        return new LifecycleBuilder()
                .withNewPreStop()
                .withNewSleep((long) PAUSE_SECONDS)
                .endPreStop()
                .build();
    }

    /** What requests that run have to end. */
    static int drainSeconds(ModelDeploymentSpec spec) {
        return Math.max(1, spec.serverOrDefault().graceSeconds() - PAUSE_SECONDS - EXIT_SECONDS);
    }
}
