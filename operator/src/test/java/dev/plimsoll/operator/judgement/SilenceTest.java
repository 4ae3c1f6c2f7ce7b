package dev.plimsoll.operator.judgement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long silence means nothing is one setting, the age at which a report is not believed any more. */
class SilenceTest {
    @ParameterizedTest
    @ValueSource(ints = {3, 20, 90})
    void aServerThatWasNeverHeardOfIsUnknownOnceAReportOfItWouldBeTooOld(int stale) {
        Scene scene = Scene.parse("""
                pods: [{}]
                firstSeen: {u1: "2026-01-02T03:00:00Z"}
                """);
        Instant unknown = Instant.parse("2026-01-02T03:00:00Z").plusSeconds(stale);
        Judgement before = judge(scene, stale, unknown.minusMillis(1));
        assertThat(Told.words(before.status(), ConditionType.Ready)).startsWith("False Starting");
        assertThat(before.lookAgain()).isEqualTo(unknown);
        assertThat(Told.words(judge(scene, stale, unknown).status(), ConditionType.Ready))
                .startsWith("Unknown ReportStale");
    }

    private static Judgement judge(Scene scene, int stale, Instant now) {
        Evidence evidence = scene.evidence(null, now);
        return Judgement.of(new Evidence(
                evidence.spec(),
                evidence.generation(),
                evidence.selector(),
                evidence.url(),
                evidence.replicas(),
                evidence.deployment(),
                evidence.rollout(),
                evidence.source(),
                evidence.applyFailures(),
                evidence.previous(),
                Duration.ofSeconds(stale),
                now));
    }
}
