package dev.plimsoll.operator.reports;

import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.operator.replicas.KnownReport;
import dev.plimsoll.operator.replicas.ReportFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was heard of a pod. Every instant is of the operator's own clock.
 *
 * @param report the last report of the pod itself
 * @param at when it came
 * @param failure why the last question had no answer; null where it had one
 * @param askedSince when the first question had its end
 * @param failures questions without an answer since the last one that had one
 */
record Heard(
        @Nullable ReplicaReport report,
        @Nullable Instant at,
        @Nullable ReportFailure failure,
        @Nullable Instant askedSince,
        int failures) {

    static final Heard NOTHING = new Heard(null, null, null, null, 0);

    Heard and(Answer answer, Instant now) {
        Instant since = Objects.requireNonNullElse(askedSince, now);
        return switch (answer) {
            case Answer.Report(ReplicaReport said) -> new Heard(said, now, null, since, 0);
            case Answer.None(ReportFailure why) -> new Heard(report, at, why, since, failures + 1);
        };
    }

    KnownReport known(Duration stale, Instant now) {
        return KnownReport.of(report, at, failure, askedSince, stale, now);
    }

    boolean isBelieved(Duration stale, Instant now) {
        return report != null && at != null && at.plus(stale).isAfter(now);
    }

    /** Whether another status may follow from this than from {@code before}. */
    boolean isNewsAfter(Heard before, Duration stale, Instant now) {
        if (report != null && failure == null) {
            return before.report == null
                    || !before.isBelieved(stale, now)
                    || Materiality.differs(before.report, report);
        }
        return !isBelieved(stale, now) && !endedAs(before);
    }

    /** Whether the last questions of both ended alike. */
    boolean endedAs(Heard before) {
        return failure == null
                ? before.failure == null
                : before.failure != null && failure.cause().equals(before.failure.cause());
    }
}
