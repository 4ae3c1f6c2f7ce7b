package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Replicas that nobody writes into Git follow the requests that wait: a real autoscaler, on the servers' own metric. */
@Execution(ExecutionMode.CONCURRENT)
class AutoscalingE2E {
    private static final int CLIENTS = 8;

    @Test
    void replicasFollowTheRequestsThatWait() throws Exception {
        AtomicBoolean loads = new AtomicBoolean(true);
        try (Topology it = new Topology("e2e-autoscaling");
                MetricsApi _ = new MetricsApi(it.cluster());
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            applyFromGit(it);
            it.awaitServing();
            it.cluster()
                    .client()
                    .resource(Serialization.unmarshal(
                            """
                            apiVersion: autoscaling/v2
                            kind: HorizontalPodAutoscaler
                            metadata: {name: model, namespace: %s}
                            spec:
                              scaleTargetRef: {apiVersion: plimsoll.dev/v1alpha1, kind: ModelDeployment, name: model}
                              minReplicas: 1
                              maxReplicas: 2
                              metrics:
                              - type: Pods
                                pods:
                                  metric: {name: vllm_num_requests_waiting}
                                  target: {type: AverageValue, averageValue: "2"}
                              behavior: {scaleDown: {stabilizationWindowSeconds: 0}}
                            """.formatted(it.cluster().namespace()), HorizontalPodAutoscaler.class))
                    .serverSideApply();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.execute(() -> ask(it, loads));
                }
                await("that the autoscaler wants another")
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> it.cluster().model("model").get().getSpec().replicas() == 2);
                applyFromGit(it);
                assertThat(it.cluster().model("model").get().getSpec().replicas())
                        .as("what is applied from Git says nothing of replicas, and takes none back")
                        .isEqualTo(2);
                it.journal()
                        .await(
                                "that there are two",
                                seen -> seen.status().path("replicas").asInt() == 2);
            } finally {
                loads.set(false);
            }
            await("that one is enough again")
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> it.cluster().model("model").get().getSpec().replicas() == 1);
            it.awaitServing();
        }
    }

    /** As a person or a pipeline applies a file that says nothing of replicas. */
    private static void applyFromGit(Topology it) throws Exception {
        Path file = Files.writeString(
                Path.of("target/autoscaled.yaml"),
                "apiVersion: plimsoll.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: model}\nspec:\n"
                        + it.model().spec().indent(2));
        Kubectl.run(it.cluster(), "apply", "--server-side", "-f", file.toString());
    }

    private static void ask(Topology it, AtomicBoolean loads) {
        while (loads.get()) {
            try {
                it.cluster()
                        .post(
                                "model",
                                "/v1/completions",
                                Map.of("prompt", List.of(1, 2, 3), "max_tokens", 60, "ignore_eos", true));
            } catch (java.io.IOException e) {
                // a connection that broke is made anew
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
