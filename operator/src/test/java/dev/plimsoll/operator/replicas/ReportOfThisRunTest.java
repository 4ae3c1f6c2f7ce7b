package dev.plimsoll.operator.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which reports are believed: recent ones, of the run of the container that runs now. */
class ReportOfThisRunTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Duration STALE = Duration.ofSeconds(20);
    private static final ReportFailure REFUSED = new ReportFailure(ReportFailure.REFUSED, "connection refused");

    /** The kubelet cuts its times to seconds; a report's are its process' own, by the same clock. */
    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:00:05.9Z, true",
        "2026-01-02T03:00:05Z, true",
        "2026-01-02T03:00:03Z, true",
        "2026-01-02T03:00:02.9Z, false",
        "2026-01-02T02:00:00Z, false"
    })
    void oneOfAnEarlierRunOfTheServerIsNot(Instant reported, boolean believed) {
        Replica replica = replica("{running: {startedAt: '2026-01-02T03:00:05Z'}}", report(reported));
        assertThat(replica.report().isPresent()).isEqualTo(believed);
    }

    /** No clock is compared with another: the node's may be hours from the operator's. */
    @ParameterizedTest
    @CsvSource({"2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"})
    void theOperatorsClockHasNoSayInIt(Instant started) {
        assertThat(replica("{running: {startedAt: '" + started + "'}}", report(started.plusSeconds(1)))
                        .report())
                .isPresent();
    }

    @Test
    void oneIsBelievedWhereTheKubeletDoesNotSaySinceWhenTheServerRuns() {
        assertThat(replica("{running: {}}", report(NOW)).report()).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{waiting: {reason: CrashLoopBackOff}}", "{terminated: {exitCode: 1}}", "{}"})
    void oneOfAServerThatDoesNotRunIsNot(String state) {
        assertThat(replica(state, report(NOW)).known()).isEqualTo(KnownReport.notAsked());
    }

    @Test
    void whatIsKnownFollowsFromTheLastReportAndTheLastTry() {
        ReplicaReport report = reported(NOW);
        Instant since = NOW.minusSeconds(60);
        assertThat(known(null, null, null, null)).isInstanceOf(KnownReport.NotAsked.class);
        assertThat(known(null, null, null, since)).isInstanceOf(KnownReport.NotAsked.class);
        assertThat(known(null, null, REFUSED, since)).isEqualTo(new KnownReport.Failed(REFUSED, since));
        Instant recent = NOW.minusSeconds(19);
        assertThat(known(report, recent, REFUSED, since)).isEqualTo(new KnownReport.Fresh(report, recent));
        Instant old = NOW.minusSeconds(20);
        assertThat(known(report, old, null, since)).isEqualTo(new KnownReport.Stale(old, null));
        assertThat(known(report, old, REFUSED, since)).isEqualTo(new KnownReport.Stale(old, REFUSED));
        assertThat(known(report, old, REFUSED, since).failure()).contains(REFUSED);
        assertThat(known(report, old, REFUSED, since).believed()).isEmpty();
    }

    private static KnownReport known(
            @Nullable ReplicaReport report,
            @Nullable Instant heardAt,
            @Nullable ReportFailure failure,
            @Nullable Instant askedSince) {
        return KnownReport.of(report, heardAt, failure, askedSince, STALE, NOW);
    }

    private static KnownReport report(Instant startedAt) {
        return new KnownReport.Fresh(reported(startedAt), NOW);
    }

    private static ReplicaReport reported(Instant startedAt) {
        return new ReplicaReport(
                "u", Phase.Serving, startedAt, startedAt, null, null, List.of(), null, null, null, null);
    }

    private static Replica replica(String state, KnownReport known) {
        return Namespace.with("""
                        metadata: {name: p, uid: u, ownerReferences: [{kind: ReplicaSet, uid: rs-new, controller: true}]}
                        status: {phase: Running, containerStatuses: [{name: server, started: true, state: %s}]}
                        """.formatted(state))
                .replicas(uid -> new PodKnowledge(known, Namespace.FIRST_SEEN, List.of()))
                .active()
                .getFirst();
    }
}
