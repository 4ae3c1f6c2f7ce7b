package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A pod of somebody else that carries the label: neither counted nor sent traffic. */
@Execution(ExecutionMode.CONCURRENT)
class StrangerE2E {
    @Test
    void isNoReplica() throws Exception {
        try (Topology it = new Topology("e2e-stranger")) {
            Pod server = it.serve();
            Pod stranger = Serialization.unmarshal(
                    """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: stranger, labels: {plimsoll.dev/deployment: model, app: debug}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
                      containers:
                      - name: shell
                        image: %s
                        imagePullPolicy: IfNotPresent
                        command: [sleep, "3600"]
                        ports: [{name: http, containerPort: 8000}]
                        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                    """.formatted(server.getSpec().getContainers().getFirst().getImage()), Pod.class);
            Instant made = Instant.now();
            it.cluster()
                    .client()
                    .resource(stranger)
                    .inNamespace(it.cluster().namespace())
                    .create();
            it.journal()
                    .awaitPod(
                            "that the stranger is ready",
                            seen -> seen.isReady()
                                    && seen.pod().getMetadata().getName().equals("stranger"));

            for (int i = 0; i < 30; i++) {
                HttpResponse<String> answer = it.cluster()
                        .post(
                                "model",
                                "/v1/completions",
                                Map.of("prompt", List.of(1, 2, 3), "max_tokens", 1, "ignore_eos", true));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
            assertThat(it.journal().standing(made)).isNotEmpty().allSatisfy(seen -> {
                assertThat(seen.is("Ready", "True")).as(seen.toString()).isTrue();
                assertThat(seen.status().path("replicas").intValue()).isEqualTo(1);
                assertThat(seen.status().path("pods")).hasSize(1);
            });
            assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "True", "AsSpecified", "1/1");
        }
    }
}
