package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A kubelet that refuses a pod leaves it Failed, without containers: after a reboot with GPUs, this is usual. */
@Execution(ExecutionMode.CONCURRENT)
class RejectedPodE2E {
    @Test
    void isNoReplicaAndItsReasonIsTold() throws Exception {
        try (Topology it = new Topology("e2e-rejected")) {
            String node = it.cluster().client().nodes().list().getItems().stream()
                    .map(Node::getMetadata)
                    .filter(metadata -> metadata.getLabels().containsKey("kubernetes.io/os"))
                    .findFirst()
                    .orElseThrow()
                    .getName();
            AtomicBoolean first = new AtomicBoolean(true);
            try (AdmissionWebhook _ = AdmissionWebhook.onPods(it.cluster(), pod -> {
                if (first.getAndSet(false)) {
                    // Bound past the scheduler, which knows better: the kubelet itself has to say no.
                    pod.withObject("/spec").put("nodeName", node);
                    pod.withObject("/spec/containers/0/resources/requests").put("cpu", "900");
                }
            })) {
                it.apply();
                Journal.PodSeen rejected = it.journal()
                        .awaitPod("a rejected pod", seen -> seen.phase().equals("Failed"));
                assertThat(rejected.pod().getStatus().getReason()).isEqualTo("OutOfcpu");
                String uid = rejected.pod().getMetadata().getUid();

                Journal.PodSeen replacement =
                        it.journal().awaitPod("a ready one", seen -> !seen.isOf(uid) && seen.isReady());
                Seen ready = it.journal()
                        .timed("OutOfcpu: another pod serves", replacement.at(), seen -> seen.is("Ready", "True"));
                assertThat(ready.reason("Ready")).isEqualTo("AsSpecified");
                assertThat(ready.status().path("replicas").intValue()).isEqualTo(1);
                assertThat(ready.status().at("/failedPods/0/uid").asText()).isEqualTo(uid);
                assertThat(ready.status().at("/failedPods/0/reason").asText()).isEqualTo("OutOfcpu");
                assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "True", "AsSpecified", "1/1");
                Kubectl.awaitEvent(
                        it.cluster(),
                        "model",
                        "OutOfcpu",
                        rejected.pod().getMetadata().getName());
            }
        }
    }
}
