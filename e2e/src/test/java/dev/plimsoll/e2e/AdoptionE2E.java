package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is provably the operator's own goes on under a ModelDeployment that was made again. */
@Execution(ExecutionMode.CONCURRENT)
class AdoptionE2E {
    @Test
    void afterADeleteThatOrphans() throws Exception {
        try (Topology it = new Topology("e2e-orphan")) {
            Pod pod = it.serve();
            Kubectl.run(it.cluster(), "delete", "mdep", "model", "--cascade=orphan");
            assertThat(it.cluster().onlyPod("model").getMetadata().getUid())
                    .isEqualTo(pod.getMetadata().getUid());

            Instant again = Instant.now();
            it.apply();
            String owner = it.cluster().model("model").get().getMetadata().getUid();
            Seen ready = it.journal()
                    .timed(
                            "orphaned and made again: adopted",
                            again,
                            seen -> seen.object().at("/metadata/uid").asText().equals(owner)
                                    && seen.is("Ready", "True", "AsSpecified"));
            assertThat(ready.status().path("replicas").intValue()).isEqualTo(1);
            Pod same = it.cluster().onlyPod("model");
            assertThat(same.getMetadata().getUid()).isEqualTo(pod.getMetadata().getUid());
            assertThat(same.getStatus().getContainerStatuses().getFirst().getRestartCount())
                    .isZero();
            var client = it.cluster().client();
            String namespace = it.cluster().namespace();
            for (List<OwnerReference> references : List.of(
                    client.apps()
                            .deployments()
                            .inNamespace(namespace)
                            .withName("model")
                            .get()
                            .getMetadata()
                            .getOwnerReferences(),
                    client.services()
                            .inNamespace(namespace)
                            .withName("model")
                            .get()
                            .getMetadata()
                            .getOwnerReferences())) {
                assertThat(references).hasSize(1);
                OwnerReference reference = references.getFirst();
                assertThat(reference.getUid()).isEqualTo(owner);
                assertThat(reference.getController()).isTrue();
                assertThat(reference.getBlockOwnerDeletion()).isTrue();
            }

            // Garbage is collected by the new owner's word.
            Kubectl.run(it.cluster(), "delete", "mdep", "model", "--cascade=foreground", "--timeout=90s");
            assertThat(client.apps().deployments().inNamespace(namespace).list().getItems())
                    .isEmpty();
            assertThat(client.services().inNamespace(namespace).list().getItems())
                    .isEmpty();
        }
    }
}
