package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What happens to a deployment in its life, one thing after the other; the status is right after each. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LifecycleE2E {
    private static final String SPEC = """
            model: {uri: "pvc://models/SmolLM2-135M-Instruct"}
            dtype: %s
            placement: {policy: HostOnly}
            memory: {host: 1280Mi}
            serving: {maxSequences: 1, maxSequenceTokens: 256}
            """;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static Cluster cluster;

    @BeforeAll
    static void deploy() {
        cluster = new Cluster("e2e-lifecycle");
        cluster.apply("model", SPEC.formatted("Float32"));
    }

    @AfterAll
    static void remove() {
        cluster.close();
    }

    @Test
    @Order(1)
    void theModelIsLoaded() {
        ready(Dtype.Float32);
    }

    @Test
    @Order(2)
    void theServerProcessIsKilled() {
        Pod pod = cluster.onlyPod("model");
        cluster.begin(pod, "kill -TERM 1", OutputStream.nullOutputStream()).close();
        await().atMost(PATIENCE).until(() -> cluster.condition("model", ConditionType.Ready)
                .map(condition -> condition.status() != ConditionStatus.True)
                .orElse(false));
        ready(Dtype.Float32);
        assertThat(status().pods().getFirst().restarts()).isEqualTo(1);
    }

    @Test
    @Order(3)
    void thePodIsDeleted() {
        String uid = cluster.onlyPod("model").getMetadata().getUid();
        cluster.client().resource(cluster.onlyPod("model")).delete();
        await().atMost(PATIENCE).until(() -> cluster.condition("model", ConditionType.Ready)
                .map(condition -> condition.status() != ConditionStatus.True)
                .orElse(false));
        ready(Dtype.Float32);
        assertThat(status().pods().stream()
                        .filter(pod -> !pod.uid().equals(uid))
                        .toList())
                .singleElement()
                .satisfies(pod -> assertThat(pod.phase()).isEqualTo(Phase.Serving));
    }

    @Test
    @Order(4)
    void theDtypeIsEdited() {
        cluster.apply("model", SPEC.formatted("Float16"));
        ready(Dtype.Float16);
        assertThat(status().pods().getFirst().devices().getFirst().measured().weights())
                .hasToString("257Mi");
    }

    @Test
    @Order(5)
    void itIsScaledUpAndDownAndToNothing() {
        cluster.model("model").scale(2);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(status().summary().replicas()).isEqualTo("2/2");
            assertThat(cluster.condition("model", ConditionType.Ready)
                            .orElseThrow()
                            .status())
                    .isEqualTo(ConditionStatus.True);
        });
        cluster.model("model").scale(0);
        cluster.awaitIs("model", ConditionType.Ready, ConditionStatus.True, Reason.ScaledToZero);
        await().atMost(PATIENCE).until(() -> cluster.pods("model").isEmpty());
        await().atMost(PATIENCE).until(() -> status().replicas() == 0);
        cluster.awaitIs("model", ConditionType.Available, ConditionStatus.False, Reason.ScaledToZero);
    }

    @Test
    @Order(6)
    void itIsDeletedAndLeavesNothing() {
        cluster.model("model").delete();
        cluster.model("model").waitUntilCondition(gone -> gone == null, 60, TimeUnit.SECONDS);
        await().atMost(PATIENCE).untilAsserted(() -> {
            var client = cluster.client();
            assertThat(client.apps()
                            .deployments()
                            .inNamespace(cluster.namespace())
                            .list()
                            .getItems())
                    .isEmpty();
            assertThat(client.apps()
                            .replicaSets()
                            .inNamespace(cluster.namespace())
                            .list()
                            .getItems())
                    .isEmpty();
            assertThat(client.services().inNamespace(cluster.namespace()).list().getItems())
                    .isEmpty();
            assertThat(client.pods().inNamespace(cluster.namespace()).list().getItems())
                    .isEmpty();
        });
    }

    private static void ready(Dtype dtype) {
        cluster.awaitIs("model", ConditionType.Ready, ConditionStatus.True, Reason.AsSpecified);
        assertThat(status().model().dtype()).isEqualTo(dtype);
        assertThat(status().summary().placement()).isEqualTo("30/30 layers on host");
        assertThat(status().readyReplicas()).isEqualTo(1);
    }

    private static ModelDeploymentStatus status() {
        return cluster.model("model").get().getStatus();
    }
}
