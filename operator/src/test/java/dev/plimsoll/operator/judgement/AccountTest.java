package dev.plimsoll.operator.judgement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a server ended, in the status that a user reads. */
class AccountTest {
    @Test
    void aRefusalIsReadFromTheTerminationMessage() {
        Said said = ended("{exitCode: 3, message: '{\"reason\":\"GpuBudgetTooSmall\",\"message\":\"too small\"}'}");
        assertThat(said.ready()).isEqualTo("False GpuBudgetTooSmall: too small");
        assertThat(said.fits()).isEqualTo("False GpuBudgetTooSmall: too small");
    }

    /** A termination message is what any process may write; what is no account is none. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Killed",
                "{",
                "{}",
                "null",
                "[1]",
                "{\"reason\": 3}",
                "{\"reason\": \"GpuBudgetTooSmall\"}",
                "{\"message\": \"x\"}",
                "{\"reason\": null, \"message\": null}",
                "{\"reason\": {}, \"message\": []}"
            })
    void whatIsNoAccountIsNotBelieved(String message) {
        String quoted = message.replace("'", "''");
        assertThat(ended("{exitCode: 139, signal: 11, message: '" + quoted + "'}")
                        .ready())
                .isEqualTo(
                        "False Crashed: the server of pod p1 ended with exit code 139 (signal 11) and left no account:"
                                + " see kubectl logs --previous");
    }

    /** A reason goes into conditions and Events, which take none but words. */
    @Test
    void aReasonThatNoConditionTakesIsReplacedAndItsWordsAreCleaned() {
        Said said =
                ended("{exitCode: 1, message: '{\"reason\": \"not a word!\", \"message\": \"a\\\\nb\\\\u0000c\"}'}");
        assertThat(said.ready()).startsWith("False ServerFailed: a").doesNotContain("\n", "\u0000");
    }

    @Test
    void aReasonOfAnotherVersionIsPassedOn() {
        assertThat(ended("{exitCode: 9, message: '{\"reason\": \"NvlinkDown\", \"message\": \"x\", \"later\": 1}'}")
                        .ready())
                .isEqualTo("False NvlinkDown: x");
    }

    @Test
    void aKillForMemoryIsToldWithTheLimit() {
        assertThat(ended("{exitCode: 137, reason: OOMKilled}").ready())
                .startsWith("False HostOutOfMemory: the kernel killed the server of pod p1")
                .contains("memory limit of 2Gi (OOMKilled, exit code 137)", "raise memory.host");
        assertThat(ended("{exitCode: 137, reason: Error}").ready()).startsWith("False Crashed");
    }

    /** containerd says OOMKilled once the kernel has killed any process of the container. */
    @ParameterizedTest
    @ValueSource(strings = {"Error", "OOMKilled"})
    void howTheServerEndedIsNotMixedWithAKillForMemory(String reason) {
        assertThat(ended(
                                "{exitCode: 6, reason: %s, message: '{\"reason\":\"DeviceOutOfMemory\",\"message\":\"CUDA out of memory\"}'}"
                                        .formatted(reason))
                        .ready())
                .isEqualTo("False DeviceOutOfMemory: CUDA out of memory");
        assertThat(ended("{exitCode: 143, reason: %s}".formatted(reason)).ready())
                .startsWith("False Crashed")
                .contains("exit code 143");
    }

    @ParameterizedTest
    @CsvSource({"0, ''", "2, ''", "3, ' (restarted 3 times)'", "40, ' (restarted 40 times)'"})
    void exitCode0IsNoWayForAServerToEnd(int restarts, String told) {
        assertThat(say("""
                {name: server, restartCount: %d, state: {waiting: {reason: CrashLoopBackOff}},
                 lastState: {terminated: {exitCode: 0, reason: Completed}}}""".formatted(restarts), "{}").ready())
                .isEqualTo(
                        "False Exited: the server of pod p1 ended by itself with exit code 0, though it should serve:"
                                + " see kubectl logs --previous" + told);
    }

    @Test
    void howAnEarlierRunEndedExplainsOneThatHasJustBegunAndNotOneThatServes() {
        String killed = "lastState: {terminated: {exitCode: 137, reason: OOMKilled}}}";
        assertThat(say("{name: server, restartCount: 1, started: false, state: {running: {}}, " + killed, "{}")
                        .ready())
                .startsWith("False HostOutOfMemory");
        assertThat(say("{name: server, restartCount: 1, started: true, state: {running: {}}, " + killed, "{u1: {}}")
                        .ready())
                .startsWith("True AsSpecified");
    }

    /** What is in a pod's way now explains more than how it ended before. */
    @Test
    void anImageThatIsGoneIsToldAndNotTheCrashBefore() {
        assertThat(say("""
                {name: server, restartCount: 5, state: {waiting: {reason: ImagePullBackOff, message: gone}},
                 lastState: {terminated: {exitCode: 1}}}""", "{}").ready()).startsWith("False ImageUnavailable");
    }

    private record Said(String ready, String fits) {}

    private static Said ended(String terminated) {
        return say("{name: server, restartCount: 0, state: {terminated: " + terminated + "}}", "{}");
    }

    private static Said say(String container, String reports) {
        var status = Judgement.of(
                        Scene.parse("""
                        pods:
                        - status:
                            conditions: [{type: Ready, status: "%s"}]
                            containerStatuses: [%s]
                        reports: %s
                        """.formatted(reports.equals("{}") ? "False" : "True", container, reports))
                                .evidence())
                .status();
        return new Said(Told.words(status, ConditionType.Ready), Told.words(status, ConditionType.Fits));
    }
}
