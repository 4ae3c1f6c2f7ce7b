package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.operator.replicas.KnownReport;
import dev.plimsoll.operator.replicas.Replica;
import dev.plimsoll.operator.replicas.ServerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A replica and what it comes to.
 *
 * @param phase as reported; {@code Starting} before there is anything to report, {@code Unknown} when its silence has
 *     lasted, {@code Failed} when its server has ended
 * @param failure what keeps it from serving; null while nothing is known to
 * @param since when it was first seen in this phase
 * @param silentFrom when its silence begins to mean something; null where there is none
 */
record Sight(
        Replica replica,
        Phase phase,
        @Nullable Failure failure,
        Instant since,
        @Nullable Instant silentFrom) {
    static Sight of(Replica replica, Standing standing, Duration stale, Instant now) {
        Phase reported = replica.report().map(ReplicaReport::phase).orElse(null);
        Failure failure = failure(replica, reported);
        Instant silentFrom = silentFrom(replica, stale);
        boolean silent = silentFrom != null && !silentFrom.isAfter(now);
        Phase phase =
                reported != null ? reported : failure != null ? Phase.Failed : silent ? Phase.Unknown : Phase.Starting;
        Instant since = standing.pod(replica.uid())
                .filter(pod -> Objects.equals(pod.phase(), phase))
                .map(pod -> standing.time(pod.since()))
                .orElse(now);
        return new Sight(replica, phase, failure, since, silentFrom);
    }

    String name() {
        return replica.name();
    }

    boolean isServing() {
        return phase.equals(Phase.Serving) && replica.ready() && failure == null;
    }

    /** Whether it holds the whole model. */
    boolean isLoaded() {
        return holdsModel(phase);
    }

    boolean isSilent() {
        return phase.equals(Phase.Unknown);
    }

    /** Whether its server has begun to say how far it is. */
    boolean hasBegun() {
        return !phase.equals(Phase.Starting) && !phase.equals(Phase.Planning);
    }

    Optional<ReplicaReport> report() {
        return replica.report();
    }

    private static boolean holdsModel(@Nullable Phase phase) {
        return Phase.Serving.equals(phase) || Phase.WarmingUp.equals(phase) || Phase.Draining.equals(phase);
    }

    /** How an earlier run ended explains one that has said nothing yet, and one that keeps ending. */
    private static @Nullable Failure failure(Replica replica, @Nullable Phase reported) {
        Failure own = replica.report().map(ReplicaReport::failure).orElse(null);
        if (own != null) {
            return Account.cleaned(own);
        }
        if (replica.server() instanceof ServerState.Ended(var how)) {
            return Account.of(replica, how);
        }
        boolean again = reported != null && replica.restarts() >= Patience.LOOP && !holdsModel(reported);
        boolean unheard = reported == null && !replica.isStarted();
        return replica.lastEnd() != null && (again || unheard) && replica.obstacle() == null
                ? Account.of(replica, replica.lastEnd())
                : null;
    }

    /** One that was never heard of may be silent for as long as a report is believed. */
    private static @Nullable Instant silentFrom(Replica replica, Duration stale) {
        if (!replica.isStarted()) {
            return null;
        }
        return switch (replica.known()) {
            case KnownReport.NotAsked ignored -> replica.firstSeen().plus(stale);
            case KnownReport.Failed failed -> failed.since().plus(stale);
            case KnownReport.Stale old -> old.at();
            case KnownReport.Fresh ignored -> null;
        };
    }
}
