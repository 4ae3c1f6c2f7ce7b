package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A pod that failed for good stays until somebody deletes it; it is no replica, and how it ended is told. */
@Execution(ExecutionMode.CONCURRENT)
class EvictedPodE2E {
    @Test
    void byTheKubeletForWhatItWrote() throws Exception {
        try (Topology it = new Topology("e2e-evicted")) {
            Pod pod = it.serve();
            try (ExecWatch _ = it.cluster()
                    .begin(pod, "dd if=/dev/zero of=/tmp/fill bs=1M count=300", OutputStream.nullOutputStream())) {
                isReplacedAndTold(it, pod, "Evicted", "tmp");
            }
        }
    }

    /** As quick as an eviction is slow; the kubelet does the same to the pod. */
    @Test
    void byItsDeadline() throws Exception {
        try (Topology it = new Topology("e2e-deadline")) {
            Pod pod = it.serve();
            it.cluster().client().resource(pod).edit(running -> new PodBuilder(running)
                    .editSpec()
                    .withActiveDeadlineSeconds(1L)
                    .endSpec()
                    .build());
            isReplacedAndTold(it, pod, "DeadlineExceeded", "active on the node longer");
        }
    }

    private static void isReplacedAndTold(Topology it, Pod pod, String reason, String words) throws Exception {
        String uid = pod.getMetadata().getUid();
        Journal.PodSeen failed = it.journal()
                .awaitPod(
                        "that the pod has failed",
                        seen -> seen.isOf(uid) && seen.phase().equals("Failed"));
        assertThat(failed.pod().getStatus().getReason()).isEqualTo(reason);
        it.journal().timed(reason + ": the only replica has gone", failed.at(), seen -> seen.is("Ready", "False"));

        Journal.PodSeen replacement =
                it.journal().awaitPod("that its replacement is ready", seen -> !seen.isOf(uid) && seen.isReady());
        Seen ready = it.journal()
                .timed(reason + ": its replacement serves", replacement.at(), seen -> seen.is("Ready", "True"));
        assertThat(ready.status().path("replicas").intValue()).isEqualTo(1);
        assertThat(ready.status().path("readyReplicas").intValue()).isEqualTo(1);
        assertThat(ready.is("Available", "True")).isTrue();
        assertThat(ready.is("ModelLoaded", "True")).isTrue();
        assertThat(ready.is("Stalled", "True")).isFalse();
        assertThat(it.cluster().pods("model")).as("the failed pod stands").hasSize(2);
        assertThat(ready.status().path("failedPods")).hasSize(1);
        assertThat(ready.status().at("/failedPods/0/uid").asText()).isEqualTo(uid);
        assertThat(ready.status().at("/failedPods/0/reason").asText()).isEqualTo(reason);
        assertThat(ready.status().at("/failedPods/0/message").asText()).contains(words);

        assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "True", "AsSpecified", "1/1");
        Kubectl.awaitEvent(it.cluster(), "model", reason, pod.getMetadata().getName(), words);
    }
}
