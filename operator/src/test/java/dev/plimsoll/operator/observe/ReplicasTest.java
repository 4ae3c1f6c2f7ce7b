package dev.plimsoll.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From what Kubernetes and a pod say to what is known of a replica. */
@SuppressWarnings("NullAway")
class ReplicasTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String POD = """
            metadata:
              name: p
              uid: u
              creationTimestamp: 2026-01-02T03:00:00Z
              labels: {plimsoll.dev/spec-hash: abc}
            spec:
              nodeName: n
              containers: [{name: server, resources: {limits: {memory: 1Gi}}}]
            status:
              phase: Running
              podIP: 10.0.0.1
            """;
    private static final String REPORT = """
            {"podUid": "u", "phase": "Serving", "startedAt": "2026-01-02T03:01:00Z", "observedAt": "2026-01-02T03:04:00Z",
             "devices": []}""";

    private static final String CRASHED_BEFORE = "    lastState: {terminated: {exitCode: 139, signal: 11}}\n";

    @Test
    void aRefusalIsReadFromTheTerminationMessage() {
        Replica replica = of("""
              containerStatuses:
              - restartCount: 2
                state: {waiting: {reason: CrashLoopBackOff}}
                lastState: {terminated: {exitCode: 3, message: '{"reason":"GpuBudgetTooSmall","message":"too small"}'}}
            """, null);
        assertThat(replica.phase()).isEqualTo(Phase.Failed);
        assertThat(replica.failure().reason()).isEqualTo(Reason.GpuBudgetTooSmall);
        assertThat(replica.failure().message()).isEqualTo("too small");
        assertThat(replica.restarts()).isEqualTo(2);
        assertThat(replica.waitingFor()).isNull();
    }

    @Test
    void aKillForMemoryIsToldWithTheLimit() {
        Replica replica = of("""
              containerStatuses:
              - state: {terminated: {exitCode: 137, reason: OOMKilled}}
            """, null);
        assertThat(replica.failure().reason()).isEqualTo(Reason.HostOutOfMemory);
        assertThat(replica.failure().message())
                .contains("memory limit of 1Gi (OOMKilled, exit code 137)", "raise memory.host");
    }

    /** containerd says OOMKilled once the kernel has killed any process of the container. */
    @ParameterizedTest
    @ValueSource(strings = {"Error", "OOMKilled"})
    void howTheServerEndedIsNotMixedWithAKillForMemory(String reason) {
        Replica full = of("""
              containerStatuses:
              - state: {terminated: {exitCode: 6, reason: %s,
                                     message: '{"reason":"DeviceOutOfMemory","message":"CUDA out of memory"}'}}
            """.formatted(reason), null);
        assertThat(full.failure().reason()).isEqualTo(Reason.DeviceOutOfMemory);
        assertThat(full.failure().message()).isEqualTo("CUDA out of memory");

        Replica stopped = of("""
              containerStatuses:
              - state: {terminated: {exitCode: 143, reason: %s}}
            """.formatted(reason), null);
        assertThat(stopped.failure().reason()).isEqualTo(Reason.Crashed);
        assertThat(stopped.failure().message()).contains("exit code 143");
    }

    @Test
    void aServerThatServesAgainIsNotBlamedForTheKill() {
        String killed = "    lastState: {terminated: {exitCode: 137, reason: OOMKilled}}\n";
        Replica begun = of(running("2026-01-02T03:04:00Z") + killed, null);
        assertThat(begun.failure().reason()).isEqualTo(Reason.HostOutOfMemory);
        Replica serves = of(running("2026-01-02T03:01:00Z") + killed, heard(NOW.minusSeconds(1)));
        assertThat(serves.failure()).isNull();
        assertThat(serves.phase()).isEqualTo(Phase.Serving);
    }

    @Test
    void anEndWithoutAnAccountIsACrash() {
        Replica replica = of("""
              containerStatuses:
              - state: {terminated: {exitCode: 139, signal: 11, message: "Segmentation fault"}}
            """, null);
        assertThat(replica.failure().reason()).isEqualTo(Reason.Crashed);
        assertThat(replica.failure().message()).contains("exit code 139 (signal 11)");
    }

    @Test
    void aPodThatNoNodeTakesIsToldInTheSchedulersWords() {
        Replica replica = of("""
              conditions: [{type: PodScheduled, status: "False", message: "0/1 nodes: Insufficient memory"}]
            """, null);
        assertThat(replica.phase()).isEqualTo(Phase.Starting);
        assertThat(replica.waitingFor()).contains("0/1 nodes: Insufficient memory");
    }

    @Test
    void anImageThatIsNotThereIsTold() {
        Replica replica = of("""
              containerStatuses:
              - state: {waiting: {reason: ErrImageNeverPull, message: "image is not present"}}
            """, null);
        assertThat(replica.waitingFor()).isEqualTo("pod p waits: ErrImageNeverPull: image is not present");
    }

    @Test
    void aRecentReportIsBelieved() {
        Replica replica = of(running("2026-01-02T03:01:00Z"), heard(NOW.minusSeconds(19)));
        assertThat(replica.phase()).isEqualTo(Phase.Serving);
        assertThat(replica.report()).isNotNull();
    }

    @Test
    void anOldOneIsNot() {
        Replica replica = of(running("2026-01-02T03:01:00Z"), heard(NOW.minusSeconds(21)));
        assertThat(replica.phase()).isEqualTo(Phase.Unknown);
        assertThat(replica.report()).isNull();
    }

    @Test
    void norIsOneOfAnEarlierRunOfTheContainer() {
        Replica replica = of(running("2026-01-02T03:04:03Z"), heard(NOW.minusSeconds(5)));
        assertThat(replica.report()).isNull();
        assertThat(replica.phase()).isEqualTo(Phase.Starting);
    }

    @Test
    void howAnEarlierRunEndedExplainsOneThatHasJustBegun() {
        Replica replica = of(running("2026-01-02T03:03:46Z") + CRASHED_BEFORE, null);
        assertThat(replica.phase()).isEqualTo(Phase.Failed);
        assertThat(replica.failure().reason()).isEqualTo(Reason.Crashed);
    }

    @Test
    void butNotTheSilenceOfOneThatHasRunForLong() {
        Replica replica = of(running("2026-01-02T03:03:44Z") + CRASHED_BEFORE, heard(NOW.minusSeconds(21)));
        assertThat(replica.phase()).isEqualTo(Phase.Unknown);
        assertThat(replica.failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"budget", "weights", "kvCache", "workspace", "context", "total"})
    void aPlanOfLessThanNothingIsAbsurd(String kind) {
        String plan = """
                "plan": {"devices": [{"name": "gpu:0", "budget": 1, "weights": 2, "kvCache": 3, "workspace": 4,
                                      "context": 5, "total": 6}], "host": 7}, "devices": []""";
        String report = REPORT.replace("\"devices\": []", plan);
        assertThat(Reports.parse(bytes(report), "u")).isPresent();
        assertThat(Reports.parse(bytes(report.replace("\"" + kind + "\": ", "\"" + kind + "\": -")), "u"))
                .isEmpty();
    }

    @Test
    void hostAndDiskAreDevices() {
        String devices = """
                "devices": [{"name": "gpu:0", "kind": "Emulated", "modules": [{"name": "model.layers.0", "bytes": 1}]},
                            {"name": "host", "kind": "Host", "modules": [{"name": "model.layers.1", "bytes": 1}]},
                            {"name": "disk", "kind": "Disk", "modules": [{"name": "model.layers.2", "bytes": 1},
                                         {"name": "lm_head", "bytes": 0, "tiedTo": "model.embed_tokens"}]}]""";
        assertThat(Reports.parse(bytes(REPORT.replace("\"devices\": []", devices)), "u"))
                .isPresent();
    }

    @Test
    void aReportOfMoreThanAPodCanHaveIsAbsurd() {
        assertThat(Reports.parse(bytes(devices(64, 1)), "u")).isPresent();
        assertThat(Reports.parse(bytes(devices(65, 1)), "u")).isEmpty();
        assertThat(Reports.parse(bytes(devices(1, 20_000)), "u")).isPresent();
        assertThat(Reports.parse(bytes(devices(1, 20_001)), "u")).isEmpty();
        assertThat(Reports.parse(bytes(REPORT.replace("Serving", "S".repeat(17 << 10))), "u"))
                .isEmpty();
    }

    private static String devices(int count, int modules) {
        String module = "{\"name\": \"m\", \"bytes\": 1}";
        String device = "{\"name\": \"gpu:0\", \"kind\": \"Cuda\", \"modules\": ["
                + String.join(",", Collections.nCopies(modules, module)) + "]}";
        return REPORT.replace(
                "\"devices\": []", "\"devices\": [" + String.join(",", Collections.nCopies(count, device)) + "]");
    }

    @Test
    void aReportIsTheWordOfTheRightPodOrNone() {
        assertThat(Reports.parse(bytes(REPORT), "u")).isPresent();
        assertThat(Reports.parse(bytes(REPORT), "another")).isEmpty();
        assertThat(Reports.parse(bytes("garbage"), "u")).isEmpty();
        assertThat(Reports.parse(bytes("{}"), "u")).isEmpty();
        assertThat(Reports.parse(bytes(REPORT.replace("\"devices\": []", "\"devices\": [{}]")), "u"))
                .isEmpty();
        assertThat(Reports.parse(
                        bytes(REPORT.replace("\"devices\": []", "\"devices\": [], \"host\": {\"peak\": -1}")), "u"))
                .isEmpty();
    }

    private static String running(String since) {
        return """
              containerStatuses:
              - state: {running: {startedAt: %s}}
            """.formatted(since);
    }

    private static ReportPoller.Heard heard(Instant at) {
        return new ReportPoller.Heard(Reports.parse(bytes(REPORT), "u").orElseThrow(), at, at);
    }

    private static Replica of(String status, ReportPoller.Heard heard) {
        Pod pod = Serialization.unmarshal(POD + status, Pod.class);
        return new Replicas("abc", Duration.ofSeconds(20), NOW).of(pod, Optional.ofNullable(heard));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
