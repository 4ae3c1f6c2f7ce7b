package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Clients under load notice nothing of a rollout. */
@Execution(ExecutionMode.CONCURRENT)
class RollingEditE2E {
    @Test
    void noRequestFailsWhileTwoReplicasAreReplaced() throws Exception {
        try (Topology it = new Topology("e2e-rolling-edit")) {
            it.cluster().apply("model", it.model().spec(64) + "replicas: 2\n");
            it.awaitServing();
            replacedUnderLoad(it, it.model().spec(65) + "replicas: 2\n");
        }
    }

    /** Every pod is another one afterwards. */
    private static void replacedUnderLoad(Topology it, String edited) throws Exception {
        List<String> before = uids(it);
        Clients clients = new Clients(it.cluster(), "model", 40);
        try (clients) {
            Thread.sleep(2000);
            it.cluster().apply("model", edited);
            it.journal()
                    .await(
                            "the edit",
                            seen -> seen.generation() == 2
                                    && seen.is("Ready", "True", "AsSpecified")
                                    && seen.status()
                                            .path("replicas")
                                            .equals(seen.status().path("updatedReplicas"))
                                    && seen.status().path("terminatingReplicas").isMissingNode());
            Thread.sleep(2000);
        }
        assertThat(uids(it)).doesNotContainAnyElementsOf(before);
        assertThat(clients.failures()).isEmpty();
        assertThat(clients.answered()).isGreaterThan(20);
    }

    private static List<String> uids(Topology it) {
        return it.cluster().pods("model").stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .map(Pod::getMetadata)
                .map(meta -> meta.getUid())
                .toList();
    }
}
