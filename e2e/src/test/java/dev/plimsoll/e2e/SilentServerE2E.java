package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a server no longer says is Unknown, and why; what it says again is believed again. */
@Execution(ExecutionMode.CONCURRENT)
class SilentServerE2E {
    @Test
    void isStoppedAndContinued() throws Exception {
        try (Topology it = new Topology("e2e-stopped")) {
            Pod pod = it.serve();
            HostProcess server = HostProcess.of(pod, "server");
            Instant stopped = Instant.now();
            server.signal("STOP");
            try {
                Seen unknown = it.journal()
                        .timed(
                                Latencies.After.SILENCE,
                                "SIGSTOP: Unknown",
                                stopped,
                                seen -> seen.is("Ready", "Unknown"));
                assertThat(unknown.reason("Ready")).isEqualTo("ReportUnreachable");
                assertThat(unknown.message("Ready"))
                        .contains("TimedOut", pod.getMetadata().getName());
                assertThat(unknown.is("PlacementSatisfied", "Unknown")).isTrue();
                assertThat(unknown.is("WithinMemoryBudget", "Unknown")).isTrue();
                assertThat(it.journal().standing(stopped))
                        .as("a server that served is not warming up")
                        .allSatisfy(seen -> assertThat(seen.reason("Ready")).isNotEqualTo("WarmingUp"));
                assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "Unknown", unknown.reason("Ready"));
            } finally {
                server.signal("CONT");
            }
            Instant continued = Instant.now();
            it.journal()
                    .timed(
                            Latencies.After.ANSWER,
                            "SIGCONT: serves again",
                            continued,
                            seen -> seen.is("Ready", "True", "AsSpecified"));
            assertThat(it.cluster()
                            .onlyPod("model")
                            .getStatus()
                            .getContainerStatuses()
                            .getFirst()
                            .getRestartCount())
                    .isZero();
        }
    }

    @Test
    void hangsInTheBodyOfItsReport() throws Exception {
        falls("e2e-hang", "Hang", "ReportUnreachable", "TimedOut");
    }

    @Test
    void answersWithTheReportOfAnotherPod() throws Exception {
        falls("e2e-other-pod", "OtherPod", "ReportRejected", "OtherPod");
    }

    @Test
    void refusesToReport() throws Exception {
        falls("e2e-403", "Refuse", "ReportRejected", "403");
    }

    /** A replica that reported for a while and then behaves in this manner: Unknown with the cause, then well again. */
    private static void falls(String namespace, String manner, String reason, String cause) throws Exception {
        try (Topology it = new Topology(namespace)) {
            Pod real = it.serve();
            try (Impersonation _ = new Impersonation(it.cluster(), it.cluster().rawReport(real))) {
                it.cluster().client().resource(real).delete();
                String before = real.getMetadata().getUid();
                Journal.PodSeen impostor =
                        it.journal().awaitPod("the impostor", seen -> !seen.isOf(before) && seen.isReady());
                it.journal().await("that it is believed", impostor.at(), seen -> seen.is("Ready", "True"));

                Instant fell = Instant.now();
                Impersonation.behave(it.cluster(), impostor.pod(), manner);
                Seen unknown = it.journal()
                        .timed(
                                Latencies.After.SILENCE,
                                manner + ": Unknown",
                                fell,
                                seen -> seen.is("Ready", "Unknown"));
                assertThat(unknown.reason("Ready")).isEqualTo(reason);
                assertThat(unknown.message("Ready"))
                        .contains(cause, impostor.pod().getMetadata().getName());
                assertThat(unknown.is("Available", "True"))
                        .as("the kubelet's probes pass")
                        .isTrue();
                assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "Unknown", unknown.reason("Ready"));

                Instant mended = Instant.now();
                Impersonation.behave(it.cluster(), impostor.pod(), "Serve");
                it.journal()
                        .timed(
                                Latencies.After.ANSWER,
                                manner + " no more: believed again",
                                mended,
                                seen -> seen.is("Ready", "True"));
            }
        }
    }
}
