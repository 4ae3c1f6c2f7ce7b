package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Where pods are not made or do not start, the status says what stands in their way, and later that it is well. */
@Execution(ExecutionMode.CONCURRENT)
class StuckRolloutE2E {
    @Test
    void aPausedDeploymentIsCalledPaused() throws Exception {
        try (Topology it = new Topology("e2e-paused")) {
            it.serve();
            pause(it, true);
            Instant edited = Instant.now();
            it.cluster().apply("model", it.model().spec(32));
            Seen told = it.journal()
                    .timed(
                            "Deployment paused: told",
                            edited,
                            seen -> seen.isCurrent() && seen.message("Ready").contains("paused"));
            assertThat(told.is("Ready", "False")).isTrue();
            assertThat(told.reason("Ready")).isEqualTo("Paused");
            assertThat(told.is("Available", "True")).as("the old pod serves").isTrue();
            assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "False", "Paused");
            Kubectl.awaitEvent(it.cluster(), "model", "Paused");

            pause(it, false);
            assertThat(it.awaitServing().generation()).isEqualTo(2);
        }
    }

    @Test
    void anImageThatIsMissingIsNamed() throws Exception {
        try (Topology it = new Topology("e2e-no-image");
                AdmissionWebhook _ =
                        AdmissionWebhook.onPods(it.cluster(), pod -> ((ObjectNode) pod.at("/spec/containers/0"))
                                .put("image", "registry.invalid/plimsoll/model-server:missing"))) {
            it.apply();
            Journal.PodSeen waiting = it.journal()
                    .awaitPod(
                            "that the image cannot be had",
                            seen -> seen.pod().getStatus().getContainerStatuses().stream()
                                    .anyMatch(status -> status.getState().getWaiting() != null
                                            && List.of("ErrImagePull", "ImagePullBackOff")
                                                    .contains(status.getState()
                                                            .getWaiting()
                                                            .getReason())));
            Seen told = it.journal().timed("image missing: it is named", waiting.at(), seen -> seen.message("Ready")
                    .contains("registry.invalid/plimsoll/model-server:missing"));
            assertThat(told.is("Ready", "False")).isTrue();
            assertThat(told.reason("Ready")).isEqualTo("ImageUnavailable");
            assertThat(told.is("ModelLoaded", "True")).isFalse();
            assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "False", "ImageUnavailable", "0/1");
            Kubectl.awaitEvent(it.cluster(), "model", "ImageUnavailable", "model-server:missing");
        }
    }

    @Test
    void aVolumeThatCannotBeMountedIsNamedInTheKubeletsWords() throws Exception {
        Path missing = Cluster.MODELS.resolve("no-such-folder");
        try (Topology it = new Topology("e2e-no-volume")) {
            it.cluster().claim("broken", missing);
            it.cluster().apply("model", it.model().spec().replace("pvc://models/", "pvc://broken/"));
            Seen told = it.journal()
                    .await("the kubelet's words", seen -> seen.message("Ready").contains(missing.toString()));
            assertThat(told.is("Ready", "False", "VolumeUnavailable")).isTrue();
            assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "False", "VolumeUnavailable", "0/1");
            Kubectl.awaitEvent(it.cluster(), "model", "VolumeUnavailable", "no-such-folder");
        }
    }

    @Test
    void aQuotaThatForbidsPodsIsQuotedAndGoneWhenItGoes() throws Exception {
        try (Topology it = new Topology("e2e-quota")) {
            ResourceQuota quota = Serialization.unmarshal("""
                    apiVersion: v1
                    kind: ResourceQuota
                    metadata: {name: no-pods}
                    spec: {hard: {pods: "0"}}
                    """, ResourceQuota.class);
            it.cluster()
                    .client()
                    .resource(quota)
                    .inNamespace(it.cluster().namespace())
                    .create();
            it.apply();
            Seen told = it.journal()
                    .await("the quota's words", seen -> seen.message("Ready").contains("exceeded quota: no-pods"));
            assertThat(told.is("Ready", "False")).isTrue();
            assertThat(told.reason("Ready")).isEqualTo("QuotaExceeded");
            assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "False", "QuotaExceeded", "0/1");
            Kubectl.awaitEvent(it.cluster(), "model", "QuotaExceeded", "no-pods");

            it.cluster()
                    .client()
                    .resource(quota)
                    .inNamespace(it.cluster().namespace())
                    .delete();
            it.awaitServing();
        }
    }

    private static void pause(Topology it, boolean paused) {
        it.cluster()
                .client()
                .apps()
                .deployments()
                .inNamespace(it.cluster().namespace())
                .withName("model")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"paused\":" + paused + "}}");
    }
}
