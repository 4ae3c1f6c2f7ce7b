package dev.plimsoll.operator.replicas;

import dev.plimsoll.api.report.ReplicaReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of a pod's report. Every instant is of the operator's own clock. */
public sealed interface KnownReport {
    /** This operator has not asked the pod yet: its silence says nothing. */
    record NotAsked() implements KnownReport {}

    /** A report that is recent enough to be believed. */
    record Fresh(ReplicaReport report, Instant at) implements KnownReport {}

    /**
     * The last report is too old to be believed.
     *
     * @param cause why there is no newer one; null where none was tried since
     */
    record Stale(Instant at, @Nullable ReportFailure cause) implements KnownReport {}

    /** The pod has been asked since {@code since} and never answered with a report of its own. */
    record Failed(ReportFailure cause, Instant since) implements KnownReport {}

    /** Asked for the first time just now; no answer yet. */
    static KnownReport notAsked() {
        return new NotAsked();
    }

    /**
     * What is known, from what was heard last and what failed last.
     *
     * @param report the last report of the pod itself, null where there was none
     * @param heardAt when it came
     * @param failure why the last try failed; null where it did not
     * @param askedSince when the pod was first asked; null where it was not
     * @param stale age at which a report is not believed any more
     */
    static KnownReport of(
            @Nullable ReplicaReport report,
            @Nullable Instant heardAt,
            @Nullable ReportFailure failure,
            @Nullable Instant askedSince,
            Duration stale,
            Instant now) {
        if (report != null && heardAt != null) {
            return heardAt.plus(stale).isAfter(now) ? new Fresh(report, heardAt) : new Stale(heardAt, failure);
        }
        return failure == null || askedSince == null ? new NotAsked() : new Failed(failure, askedSince);
    }

    /** The report, where it is to be believed. */
    default Optional<ReplicaReport> believed() {
        return this instanceof Fresh fresh ? Optional.of(fresh.report()) : Optional.empty();
    }

    /** Why there is no report to be believed, where that is known. */
    default Optional<ReportFailure> failure() {
        return switch (this) {
            case NotAsked ignored -> Optional.empty();
            case Fresh ignored -> Optional.empty();
            case Stale old -> Optional.ofNullable(old.cause());
            case Failed failed -> Optional.of(failed.cause());
        };
    }
}
