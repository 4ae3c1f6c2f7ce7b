package dev.plimsoll.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.operator.replicas.ReportFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pod may say anything; only what can be true is believed. */
class ReportReaderTest {
    static final String REPORT = """
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
        assertThat(read(REPORT)).isInstanceOf(Answer.Report.class);
    }

    @Test
    void fieldsOfALaterVersionAreNoReasonNotToBelieve() {
        assertThat(read(REPORT.replace("\"peak\": 150", "\"peak\": 150, \"later\": {\"a\": [1]}")))
                .isInstanceOf(Answer.Report.class);
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
        assertNone(REPORT.replace(field, field.replace(": ", ": -")), ReportFailure.IMPLAUSIBLE, "below zero");
    }

    @Test
    void anotherPodsReportIsNot() {
        assertNone(REPORT.replace("uid-1", "uid-2"), ReportFailure.OTHER_POD, "uid-2");
        assertNone(REPORT.replace("\"podUid\": \"uid-1\",", ""), ReportFailure.OTHER_POD, "no pod");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "null", "[]", "{\"podUid\": {}}", "42"})
    void whatIsNoReportIsNot(String garbage) {
        assertNone(garbage, ReportFailure.NOT_JSON, "no report");
    }

    @Test
    void namesWithoutEndAreNot() {
        assertNone(REPORT.replace("gpu:0", "g".repeat(600)), ReportFailure.IMPLAUSIBLE, "nameless");
    }

    @Test
    void aReportWithoutItsEssentialsIsNot() {
        assertNone("{\"podUid\": \"uid-1\"}", ReportFailure.IMPLAUSIBLE, "needed");
    }

    private static void assertNone(String json, ReportFailure.Cause cause, String words) {
        assertThat(read(json)).isInstanceOfSatisfying(Answer.None.class, none -> {
            assertThat(none.failure().cause()).isEqualTo(cause);
            assertThat(none.failure().message()).contains(words);
        });
    }

    static Answer read(String json) {
        return ReportReader.read(new Reply.Body(json), "uid-1");
    }
}
