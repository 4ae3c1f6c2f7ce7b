package dev.plimsoll.operator.reports;

import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.operator.replicas.ReportFailure;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One pod and what was heard of it. */
final class Subject {
    private Instant firstSeen;
    private @Nullable PolledPod pod;
    private Heard heard = Heard.NOTHING;
    private Instant due;
    private boolean underWay;
    private boolean again;
    private String run = "";
    private boolean expired;
    private boolean gone;

    Subject(Instant firstSeen) {
        this.firstSeen = firstSeen;
        this.due = firstSeen;
    }

    /**
     * Where the pod is now; null while there is nobody to ask. A pod of which Kubernetes sees something new is asked at
     * once, however long ago it was to be asked again.
     */
    synchronized void isAt(@Nullable PolledPod asked, Instant now, Retained retained) {
        if (asked != null && !asked.equals(pod)) {
            due = now;
            again = underWay;
            if (!asked.run().equals(run)) {
                begins(asked.run(), now, retained);
            }
        }
        pod = asked;
    }

    /** What was heard of an earlier run of the server says nothing of this one. */
    private void begins(String anotherRun, Instant now, Retained retained) {
        if (!run.isEmpty()) {
            if (heard.report() != null) {
                retained.release(heard.report());
            }
            heard = Heard.NOTHING;
            expired = false;
            firstSeen = now;
        }
        run = anotherRun;
    }

    /** When this run of its server was first seen. */
    synchronized Instant firstSeen() {
        return firstSeen;
    }

    synchronized @Nullable PolledPod pod() {
        return pod;
    }

    synchronized Heard heard() {
        return heard;
    }

    synchronized Instant due() {
        return due;
    }

    synchronized boolean isDue(Instant now) {
        return pod != null && !underWay && !due.isAfter(now);
    }

    synchronized void begins() {
        underWay = true;
    }

    /** The end of a question: what was heard before it and after it. */
    synchronized Change concludes(Answer answer, Retained retained, Instant now, Pace pace) {
        Heard before = heard;
        heard = before.and(gone ? Answer.none(ReportFailure.REFUSED, "the pod is gone") : kept(answer, retained), now);
        due = again ? now : now.plus(wait(pace));
        again = false;
        underWay = false;
        expired &= heard.failure() != null;
        return new Change(before, heard);
    }

    private Duration wait(Pace pace) {
        return heard.failure() == null && heard.report() != null
                ? pace.after(heard.report())
                : pace.after(heard.failures());
    }

    /** A report as it is kept, unless all of them together would take too much then. */
    private Answer kept(Answer answer, Retained retained) {
        return answer instanceof Answer.Report(ReplicaReport report)
                ? retained.replace(heard.report(), report)
                        .<Answer>map(Answer.Report::new)
                        .orElseGet(() -> Answer.none(
                                ReportFailure.TOO_LARGE,
                                "the reports of all pods together would take more than " + retained.limit() + " bytes"))
                : answer;
    }

    /** For good; the report that was kept for it. */
    synchronized @Nullable ReplicaReport ends() {
        gone = true;
        return heard.report();
    }

    /** Whether its report has become too old to be believed since this was last asked. */
    synchronized boolean expires(Duration stale, Instant now) {
        boolean expiresNow = !expired && heard.report() != null && !heard.isBelieved(stale, now);
        expired |= expiresNow;
        return expiresNow;
    }

    /** What one question changed. */
    record Change(Heard before, Heard after) {}
}
