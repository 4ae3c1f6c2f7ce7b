package dev.plimsoll.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.status.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pod may say anything; only what can be true is believed. */
class ReportsTest {
    private static final String REPORT = """
            {"podUid": "uid-1", "phase": "Serving", "startedAt": "2026-01-02T03:04:05Z",
             "observedAt": "2026-01-02T03:04:06Z",
             "devices": [{"name": "gpu:0", "kind": "Cuda", "modules": [],
               "measured": {"weights": 6, "kvCache": 3, "workspace": 2, "context": 5, "unaccounted": -1,
                            "process": 15, "source": "NVML"}}],
             "load": {"source": "pvc://models/x", "bytesTotal": 9, "bytesDone": 9, "seconds": 1.5, "bytesPerSecond": 6.0,
               "startUp": {"jvm": 0.25, "warmUp": 0.75}},
             "host": {"anonymous": 100, "pinned": 20, "peak": 150,
               "ledger": {"heap": 40, "staging": 20, "weights": 0, "engine": 70, "other": -10}}}
            """;

    @Test
    void whatAddsUpIsBelievedBelowZeroToo() {
        assertThat(parse(REPORT)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"heap\": 40",
                "\"engine\": 70",
                "\"process\": 15",
                "\"anonymous\": 100",
                "\"seconds\": 1.5",
                "\"warmUp\": 0.75"
            })
    void bytesAndSecondsBelowZeroAreNot(String field) {
        assertThat(parse(REPORT.replace(field, field.replace(": ", ": -")))).isEmpty();
    }

    @Test
    void anotherPodsReportIsNot() {
        assertThat(Reports.parse(REPORT.getBytes(StandardCharsets.UTF_8), "uid-2"))
                .isEmpty();
    }

    @Test
    void aFullGpuIsTheServersOwnFailure() {
        assertThat(Reports.failure("{\"reason\": \"DeviceOutOfMemory\", \"message\": \"CUDA out of memory\"}"))
                .map(Failure::reason)
                .contains(Reason.DeviceOutOfMemory);
        assertThat(Reports.failure("Killed")).isEmpty();
    }

    private static Optional<ReplicaReport> parse(String json) {
        return Reports.parse(json.getBytes(StandardCharsets.UTF_8), "uid-1");
    }
}
