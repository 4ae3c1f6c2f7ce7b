package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * An upgrade from the release before planned rollouts: what its operator wrote stands, its pod serves, and this release's
 * CRD and operator come. No pod is replaced or restarted, no request fails, and the status is soon this operator's.
 */
@Isolated
class UpgradeE2E {
    private static final String NAME = "smollm2-host";
    private static final Path CRD = Path.of("../manifests/base/crds/modeldeployments.plimsoll.dev.yaml");
    /** In which an operator that means to replace pods has begun to. */
    private static final Duration SETTLED = Duration.ofSeconds(20);

    private static final PatchContext OPERATOR = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Operator.FIELD_MANAGER)
            .build();

    @Test
    void whatRunsRunsOn() throws Exception {
        try (Cluster cluster = new Cluster("e2e-upgrade");
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Operator operator = new Operator(cluster.client());
            operator.awaitAllReady();
            AtomicBoolean ends = new AtomicBoolean();
            operator.scale(0);
            try (Journal journal = new Journal(cluster, NAME)) {
                theReleaseBefore(cluster);
                List<String> before = runs(cluster);
                assertThat(before).hasSize(1);
                Future<Integer> load = clients.submit(() -> askUntil(ends, cluster));

                Instant upgraded = Instant.now();
                applyCrd(cluster, Files.readString(CRD));
                operator.scale(2);
                journal.await(
                        "this operator's status",
                        upgraded,
                        seen -> seen.is("Ready", "True", "AsSpecified")
                                && seen.status().has("rollout"));
                Thread.sleep(SETTLED);
                ends.set(true);
                assertThat(load.get()).as("requests answered").isPositive();
                assertThat(runs(cluster)).isEqualTo(before);
                assertThat(journal.standing(upgraded)).allSatisfy(seen -> assertThat(seen.is("Available", "True"))
                        .as(seen.toString())
                        .isTrue());
                Kubectl.run(cluster, "wait", "mdep", NAME, "--for=condition=Ready", "--timeout=0");
            } finally {
                ends.set(true);
                applyCrd(cluster, Files.readString(CRD));
                operator.scale(2);
            }
        }
    }

    /** Its CRD, an object with its status, a Deployment and a Service, all as recorded, and a pod of it that serves. */
    private static void theReleaseBefore(Cluster cluster) throws IOException {
        applyCrd(cluster, recorded("crd.yaml"));
        GenericKubernetesResource model =
                Serialization.unmarshal(recorded("model.yaml"), GenericKubernetesResource.class);
        Object status = model.getAdditionalProperties().remove("status");
        cluster.client().resource(model).inNamespace(cluster.namespace()).create();

        Deployment deployment = Serialization.unmarshal(recorded("deployment.yaml"), Deployment.class);
        deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().setImage(serverImage(cluster));
        apply(cluster, deployment);
        apply(cluster, Serialization.unmarshal(recorded("service.yaml"), Service.class));
        cluster.client()
                .apps()
                .deployments()
                .inNamespace(cluster.namespace())
                .withName(NAME)
                .waitUntilReady(3, TimeUnit.MINUTES);

        model.setAdditionalProperty("status", status);
        cluster.client()
                .resource(model)
                .inNamespace(cluster.namespace())
                .subresource("status")
                .patch(OPERATOR, model);
    }

    private static void applyCrd(Cluster cluster, String yaml) {
        cluster.client().resource(yaml).forceConflicts().serverSideApply();
    }

    private static void apply(Cluster cluster, HasMetadata owned) {
        owned.getMetadata().setOwnerReferences(List.of(owner(cluster.model(NAME).get())));
        cluster.client()
                .resource(owned)
                .inNamespace(cluster.namespace())
                .fieldManager(Operator.FIELD_MANAGER)
                .serverSideApply();
    }

    private static OwnerReference owner(ModelDeployment model) {
        return new OwnerReferenceBuilder()
                .withApiVersion(model.getApiVersion())
                .withKind(model.getKind())
                .withName(NAME)
                .withUid(model.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    private static String serverImage(Cluster cluster) {
        return cluster.client().configMaps().inNamespace(Operator.NAMESPACE).list().getItems().stream()
                .map(ConfigMap::getData)
                .filter(Objects::nonNull)
                .map(settings -> settings.get("PLIMSOLL_SERVER_IMAGE"))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    /** Of each pod its UID, its container and how often that was started. */
    private static List<String> runs(Cluster cluster) {
        return cluster.pods(NAME).stream().map(UpgradeE2E::run).toList();
    }

    private static String run(Pod pod) {
        ContainerStatus server = pod.getStatus().getContainerStatuses().getFirst();
        return pod.getMetadata().getUid() + " " + server.getContainerID() + " " + server.getRestartCount();
    }

    /** Until one is not answered. */
    private static int askUntil(AtomicBoolean ends, Cluster cluster) throws Exception {
        int answered = 0;
        while (!ends.get()) {
            Map<String, Object> question = Map.of("prompt", List.of(1, 2, 3), "max_tokens", 8, "ignore_eos", true);
            assertThat(cluster.post(NAME, "/v1/completions", question).statusCode())
                    .isEqualTo(200);
            answered++;
            Thread.sleep(100);
        }
        return answered;
    }

    private static String recorded(String file) throws IOException {
        try (InputStream text = UpgradeE2E.class.getResourceAsStream("/previous-release/" + file)) {
            return new String(Objects.requireNonNull(text, file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
