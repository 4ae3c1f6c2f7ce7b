package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Collections;
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
            replacedUnderLoad(it, () -> it.cluster().apply("model", it.model().spec(65) + "replicas: 2\n"));
        }
    }

    @Test
    void noRequestFailsWhileOneReplicaIsReplacedByASurge() throws Exception {
        try (Topology it = new Topology("e2e-surge")) {
            it.cluster().apply("model", surging(it, 64));
            it.awaitServing();
            replacedUnderLoad(it, () -> it.cluster().apply("model", surging(it, 65)));
            assertThat(it.cluster().model("model").get().getStatus().rollout().strategy())
                    .isEqualTo("Surge");

            replacedUnderLoad(
                    it,
                    () -> Kubectl.run(
                            it.cluster(),
                            "annotate",
                            "--overwrite",
                            "mdep",
                            "model",
                            "plimsoll.dev/restartedAt=" + Instant.now()));
        }
    }

    private static String surging(Topology it, int tokens) {
        return it.model().spec(tokens) + "rollout: {strategy: Surge}\n";
    }

    private interface Change {
        void make() throws Exception;
    }

    /** Every pod is another one afterwards. */
    private static void replacedUnderLoad(Topology it, Change change) throws Exception {
        List<String> before = uids(it);
        Clients clients = new Clients(it.cluster(), "model", 40);
        try (clients) {
            Thread.sleep(2000);
            change.make();
            it.journal()
                    .await(
                            "other pods alone",
                            seen -> seen.is("Ready", "True", "AsSpecified")
                                    && seen.status()
                                            .path("replicas")
                                            .equals(seen.status().path("updatedReplicas"))
                                    && seen.status().path("terminatingReplicas").isMissingNode()
                                    && Collections.disjoint(uids(it), before));
            Thread.sleep(2000);
        }
        assertThat(clients.failures()).isEmpty();
        assertThat(clients.answered()).isGreaterThan(20);
    }

    private static List<String> uids(Topology it) {
        return it.cluster().pods("model").stream()
                .filter(pod -> !pod.getMetadata().getLabels().containsKey("plimsoll.dev/plans"))
                .map(Pod::getMetadata)
                .filter(meta -> meta.getDeletionTimestamp() == null)
                .map(meta -> meta.getUid())
                .toList();
    }
}
