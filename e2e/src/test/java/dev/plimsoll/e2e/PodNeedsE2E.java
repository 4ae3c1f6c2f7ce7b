package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a cluster may want of pods, and a deployment of a cluster. */
@Execution(ExecutionMode.CONCURRENT)
class PodNeedsE2E {
    private static final long OF_THE_NAMESPACE = 1_000_680_000;

    /** As OpenShift's restricted-v2 does it: a user of the namespace's own range, that no image knows, in root's group. */
    @Test
    void aServerRunsAsAnyUser() throws Exception {
        try (Topology it = new Topology("e2e-any-user");
                AdmissionWebhook _ = AdmissionWebhook.onPods(it.cluster(), PodNeedsE2E::asOpenShift)) {
            Pod pod = it.serve();
            assertThat(it.cluster().shell(pod, "id -u; id -g").lines())
                    .containsExactly(Long.toString(OF_THE_NAMESPACE), "0");
            answers(it);
        }
    }

    private static void asOpenShift(ObjectNode pod) {
        assertThat(pod.at("/spec/securityContext").has("runAsUser"))
                .as("a user that is not of the range is refused")
                .isFalse();
        pod.withObject("/spec/securityContext")
                .put("runAsUser", OF_THE_NAMESPACE)
                .put("runAsGroup", 0)
                .put("fsGroup", OF_THE_NAMESPACE);
    }

    @Test
    void suspendedItHoldsNoPodAndComesBack() throws Exception {
        try (Topology it = new Topology("e2e-suspended")) {
            it.serve();
            Instant suspended = Instant.now();
            it.cluster().apply("model", it.model().spec() + "suspend: true\n");
            it.journal()
                    .timed(
                            "suspended: no pod is left",
                            suspended,
                            seen -> seen.is("Ready", "True", "Suspended")
                                    && seen.condition("Reconciling").isEmpty());
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> it.cluster().pods("model").isEmpty());
            assertThat(Kubectl.run(it.cluster(), "get", "service,poddisruptionbudget,deployment", "-o", "name"))
                    .contains("service/model", "poddisruptionbudget.policy/model", "deployment.apps/model");
            assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "True", "Suspended", "0/0");

            it.cluster().apply("model", it.model().spec());
            it.awaitServing();
            answers(it);
        }
    }

    private static void answers(Topology it) throws Exception {
        HttpResponse<String> answer =
                it.cluster().post("model", "/v1/completions", Map.of("prompt", List.of(1, 2, 3), "max_tokens", 1));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
