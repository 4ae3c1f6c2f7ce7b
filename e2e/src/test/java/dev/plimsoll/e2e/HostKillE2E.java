package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.PodStatus;
import dev.plimsoll.api.status.Reason;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** The kernel kills a server at its container's memory limit: the status says so until the server serves again. */
class HostKillE2E {
    private static final String SPEC = """
            model: {uri: "pvc://models/SmolLM2-135M-Instruct"}
            dtype: Float32
            placement: {policy: HostOnly}
            memory: {host: 1280Mi}
            serving: {maxSequences: 1, maxSequenceTokens: 256}
            """;

    /** Takes 4 MiB after 4 MiB. What is left below the limit is less than the server has, so that the kernel takes that. */
    private static final String TAKE_MEMORY = """
            x=0123456789abcdef
            i=0
            while [ $i -lt 18 ]; do x=$x$x; i=$((i + 1)); done
            while :; do eval "taken$i=\\$x"; i=$((i + 1)); done
            """;

    @Test
    void isToldWithItsLimitAndOnlyWhileItLasts() throws Exception {
        try (Cluster cluster = new Cluster("e2e-host-kill")) {
            cluster.apply("model", SPEC);
            cluster.awaitIs("model", ConditionType.Ready, ConditionStatus.True);
            cluster.awaitIs("model", ConditionType.WithinMemoryBudget, ConditionStatus.True);
            Pod pod = cluster.onlyPod("model");
            assertThat(row(cluster.model("model").get().getStatus()).failure()).isNull();

            ModelDeploymentStatus killed;
            try (History history = History.of(cluster, "model");
                    ExecWatch _ = cluster.begin(pod, TAKE_MEMORY, OutputStream.nullOutputStream())) {
                killed = history.awaitReason(Reason.HostOutOfMemory);
            }
            String message = condition(killed, ConditionType.Ready).message();
            assertThat(message)
                    .contains(pod.getMetadata().getName(), "memory limit of 1280Mi", "OOMKilled, exit code 137")
                    .contains("raise memory.host");
            for (ConditionType type :
                    List.of(ConditionType.Ready, ConditionType.ModelLoaded, ConditionType.WithinMemoryBudget)) {
                assertThat(condition(killed, type).status()).as(type.value()).isEqualTo(ConditionStatus.False);
                assertThat(condition(killed, type).reason()).as(type.value()).isEqualTo(Reason.HostOutOfMemory);
                assertThat(condition(killed, type).message()).as(type.value()).isEqualTo(message);
            }
            assertThat(row(killed).failure()).isEqualTo(new PodStatus.PodFailure(Reason.HostOutOfMemory, message));

            cluster.awaitIs("model", ConditionType.Ready, ConditionStatus.True, Reason.AsSpecified);
            cluster.awaitIs("model", ConditionType.WithinMemoryBudget, ConditionStatus.True, Reason.Measured);
            PodStatus again = row(cluster.model("model").get().getStatus());
            assertThat(again.uid()).isEqualTo(pod.getMetadata().getUid());
            assertThat(again.failure()).isNull();
            assertThat(again.restarts()).isEqualTo(1);
            ContainerStateTerminated ended = cluster.onlyPod("model")
                    .getStatus()
                    .getContainerStatuses()
                    .getFirst()
                    .getLastState()
                    .getTerminated();
            assertThat(ended.getReason()).isEqualTo("OOMKilled");
            assertThat(ended.getExitCode()).isEqualTo(137);
            Goldens golden = Goldens.all().getFirst();
            assertThat(cluster.tokens("model", golden)).isEqualTo(golden.greedy());
            assertThat(cluster.awaitEvents(Reason.HostOutOfMemory)).containsExactly(message);
        }
    }

    private static PodStatus row(ModelDeploymentStatus status) {
        assertThat(status.pods()).hasSize(1);
        return status.pods().getFirst();
    }

    private static Condition condition(ModelDeploymentStatus status, ConditionType wanted) {
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(wanted))
                .findFirst()
                .orElseThrow();
    }

    /** Every status that a resource has from now on: what stands for a second is not missed. */
    private record History(Queue<ModelDeploymentStatus> seen, Watch watch) implements AutoCloseable {
        static History of(Cluster cluster, String name) {
            Queue<ModelDeploymentStatus> seen = new ConcurrentLinkedQueue<>();
            return new History(seen, cluster.model(name).watch(new Watcher<>() {
                @Override
                public void eventReceived(Action action, ModelDeployment model) {
                    seen.add(model.getStatus());
                }

                @Override
                public void onClose(WatcherException cause) {}
            }));
        }

        ModelDeploymentStatus awaitReason(Reason reason) {
            return await("Ready for the reason " + reason)
                    .atMost(Duration.ofMinutes(5))
                    .until(
                            () -> seen.stream()
                                    .filter(status -> condition(status, ConditionType.Ready)
                                            .reason()
                                            .equals(reason))
                                    .findFirst(),
                            Optional::isPresent)
                    .orElseThrow();
        }

        @Override
        public void close() {
            watch.close();
        }
    }
}
