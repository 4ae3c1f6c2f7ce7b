package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A pod of a node whose kubelet is gone is Terminating for ever: no reason to call what serves not ready. */
@Execution(ExecutionMode.CONCURRENT)
class LostNodeE2E {
    /** Nothing runs it: what is bound to it past the scheduler is deleted for the taint, and nobody says that it ended. */
    private static final Node LOST = Serialization.unmarshal("""
            apiVersion: v1
            kind: Node
            metadata: {name: e2e-lost}
            spec:
              taints: [{key: e2e, effect: NoExecute}]
            """, Node.class);

    @Test
    void doesNotMakeItsReplacementUnready() throws Exception {
        try (Topology it = new Topology("e2e-lost-node")) {
            it.cluster().client().resource(LOST).createOr(existing -> existing.update());
            AtomicBoolean first = new AtomicBoolean(true);
            try (AdmissionWebhook _ = AdmissionWebhook.onPods(it.cluster(), pod -> {
                if (first.getAndSet(false)) {
                    pod.withObject("/spec").put("nodeName", LOST.getMetadata().getName());
                }
            })) {
                it.apply();
                Pod lost = it.journal()
                        .awaitPod("a pod on the lost node", _ -> true)
                        .pod();
                String uid = lost.getMetadata().getUid();
                it.journal()
                        .awaitPod(
                                "that it is Terminating",
                                seen -> seen.isOf(uid)
                                        && seen.pod().getMetadata().getDeletionTimestamp() != null);

                Journal.PodSeen replacement =
                        it.journal().awaitPod("its replacement", seen -> !seen.isOf(uid) && seen.isReady());
                Seen ready = it.journal()
                        .timed("lost node: the replacement serves", replacement.at(), seen -> seen.is("Ready", "True"));
                assertThat(ready.reason("Ready")).isEqualTo("AsSpecified");
                assertThat(ready.status().path("replicas").intValue()).isEqualTo(1);
                assertThat(ready.status().path("terminatingReplicas").intValue())
                        .isEqualTo(1);
                assertThat(ready.message("Ready")).contains(lost.getMetadata().getName(), "does not answer");
                assertThat(ready.is("Stalled", "True")).isFalse();
                assertThat(ready.is("Reconciling", "True")).isFalse();
                assertThat(it.cluster().pods("model"))
                        .as("it is Terminating still")
                        .hasSize(2);
                assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "True", "AsSpecified", "1/1");
            } finally {
                it.cluster().client().resource(LOST).delete();
            }
        }
    }
}
