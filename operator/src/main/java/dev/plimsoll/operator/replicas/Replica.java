package dev.plimsoll.operator.replicas;

import dev.plimsoll.api.report.ReplicaReport;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An active pod of the deployment: neither failed nor finished, and not being deleted.
 *
 * @param current whether it runs the current spec
 * @param ready whether Kubernetes sends it requests
 * @param lostReadiness whether Kubernetes has ceased to send requests to this run of its server
 * @param created by the API server's clock: for order alone
 * @param firstSeen when this run of its server was, by the operator's clock
 * @param restarts of the server
 * @param server the container that serves
 * @param lastEnd how the run before this one ended; null where there was none
 * @param obstacle what keeps the server from running; null where nothing is known to
 * @param memoryLimit of the server, as written; null without one
 * @param known what is known of its report, of this run of the server
 */
public record Replica(
        String name,
        String uid,
        @Nullable String node,
        boolean current,
        boolean ready,
        boolean lostReadiness,
        Instant created,
        Instant firstSeen,
        int restarts,
        ServerState server,
        @Nullable Termination lastEnd,
        @Nullable Obstacle obstacle,
        @Nullable String memoryLimit,
        KnownReport known) {

    /** What it says of itself, where that is to be believed. */
    public Optional<ReplicaReport> report() {
        return known.believed();
    }

    /** Whether its server should answer for itself: it has passed its startup probe. */
    public boolean isStarted() {
        return server instanceof ServerState.Running running && running.started();
    }
}
