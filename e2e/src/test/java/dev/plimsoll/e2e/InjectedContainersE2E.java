package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a mesh puts into a pod is not what serves there. */
@Execution(ExecutionMode.CONCURRENT)
class InjectedContainersE2E {
    /** The kubelet sorts by name: the sidecar's status comes before the server's. */
    @Test
    void aSidecarThatRestartsIsNotTheServer() throws Exception {
        try (Topology it = new Topology("e2e-sidecar");
                AdmissionWebhook _ = AdmissionWebhook.onPods(it.cluster(), pod -> {
                    pod.withArray("/spec/containers").insert(0, container(pod, "istio-proxy", "exec sleep 3600"));
                    pod.withArray("/spec/initContainers")
                            .add(container(pod, "agent", "exec sleep 3600").put("restartPolicy", "Always"));
                })) {
            Pod pod = it.serve();
            assertThat(pod.getStatus().getContainerStatuses().getFirst().getName())
                    .isEqualTo("istio-proxy");
            assertThat(pod.getStatus().getInitContainerStatuses()).hasSize(1);

            // Later than the server by more than clocks are cut to.
            Thread.sleep(3000);
            HostProcess.of(pod, "istio-proxy").signal("KILL");
            Journal.PodSeen restarted = it.journal()
                    .awaitPod(
                            "that the sidecar runs again",
                            seen -> seen.isReady()
                                    && seen.pod().getStatus().getContainerStatuses().stream()
                                            .anyMatch(status -> status.getRestartCount() == 1));
            Seen ready = it.journal()
                    .timed("sidecar restarted: all is well", restarted.at(), seen -> seen.is("Ready", "True"));
            JsonNode row = ready.status().at("/pods/0");
            assertThat(row.path("restarts").intValue()).isZero();
            assertThat(row.path("failure").isMissingNode()).isTrue();
            it.journal()
                    .await(
                            "that its report is believed",
                            seen -> seen.status().at("/pods/0/phase").asText().equals("Serving"));
            // Longer than a report is believed.
            Instant calm = Instant.now();
            Thread.sleep(25_000);
            assertThat(it.journal().standing(calm)).isNotEmpty().allSatisfy(seen -> assertThat(seen.is("Ready", "True"))
                    .as(seen.toString())
                    .isTrue());
            assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "True", "AsSpecified", "1/1");
        }
    }

    @Test
    void anInitContainerThatFailsIsNamed() throws Exception {
        try (Topology it = new Topology("e2e-init");
                AdmissionWebhook _ = AdmissionWebhook.onPods(it.cluster(), pod -> pod.withArray("/spec/initContainers")
                        .add(container(pod, "mesh-init", "exit 3")))) {
            it.apply();
            Journal.PodSeen failed = it.journal()
                    .awaitPod(
                            "that the init container has failed",
                            seen -> seen.pod().getStatus().getInitContainerStatuses().stream()
                                    .anyMatch(status -> status.getState().getTerminated() != null
                                            || status.getLastState().getTerminated() != null));
            Seen told = it.journal()
                    .timed("init container failed: it is named", failed.at(), seen -> seen.message("Ready")
                            .contains("mesh-init"));
            assertThat(told.is("Ready", "False")).isTrue();
            assertThat(told.message("Ready"))
                    .contains("exit code 3", failed.pod().getMetadata().getName());
            assertThat(told.reason("Ready")).isEqualTo("InitContainerFailed");
            assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "False", "InitContainerFailed", "0/1");
            Kubectl.awaitEvent(it.cluster(), "model", "InitContainerFailed", "mesh-init");
        }
    }

    private static ObjectNode container(ObjectNode pod, String name, String script) {
        JsonNode server = pod.at("/spec/containers/0");
        ObjectNode container = pod.objectNode();
        container.put("name", name).set("image", server.path("image"));
        container.put("imagePullPolicy", "IfNotPresent").set("securityContext", server.path("securityContext"));
        container.putArray("command").add("sh").add("-c").add(script);
        return container;
    }
}
