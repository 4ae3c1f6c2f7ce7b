package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.RolloutPhase;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a change reaches pods, against a real API server: planned first, by turns, within a deadline, and back. */
@SuppressWarnings("NullAway")
class RolloutIT extends OperatorTest {
    private static final String TOO_SMALL = "the host needs 9Gi and may use 1Gi. Would fit: memory.host 9Gi";

    @Test
    void aFirstSpecThatDoesNotFitHoldsNothing() {
        planners.refuses("too-large", "HostBudgetTooSmall", TOO_SMALL);
        Workload model = workload("too-large").claim("models").apply(SPEC);
        says(model, ConditionType.Fits, "False HostBudgetTooSmall: " + TOO_SMALL);
        says(model, ConditionType.Ready, "False HostBudgetTooSmall: " + TOO_SMALL);
        says(model, ConditionType.Stalled, "True HostBudgetTooSmall");
        assertThat(model.deployment()).isNull();
        assertThat(model.status().rollout().phase()).isEqualTo(RolloutPhase.Refused);
        assertThat(model.events()).containsExactly("HostBudgetTooSmall");

        planners.plans("too-large");
        model.apply(SPEC.replace("host: 1Gi", "host: 9Gi"));
        deployment(model);
        says(model, ConditionType.Fits, "True PlanFits: 512Mi of 9Gi on the host");
    }

    @Test
    void anEditThatDoesNotFitLeavesWhatServes() throws IOException {
        Workload model = served("edited-too-large");
        long generation = deployment(model).getMetadata().getGeneration();
        planners.refuses("edited-too-large", "HostBudgetTooSmall", TOO_SMALL);
        model.apply(SPEC.replace("Float32", "Float16"));
        says(
                model,
                ConditionType.Ready,
                "False HostBudgetTooSmall: generation 1 serves on with 1 of 1 replicas; generation 2 does not fit: "
                        + TOO_SMALL);
        says(model, ConditionType.Available, "True MinimumReplicas");
        says(model, ConditionType.ModelLoaded, "True Loaded");
        assertThat(deployment(model).getMetadata().getGeneration()).isEqualTo(generation);
        assertThat(model.status().summary().replicas()).isEqualTo("1/1");
        assertThat(model.status().summary().dtype()).isEqualTo("Float32");
        assertThat(model.status().rollout().servingGeneration()).isEqualTo(1);

        model.apply(SPEC);
        says(model, ConditionType.Ready, "True AsSpecified");
        assertThat(deployment(model).getMetadata().getGeneration()).isEqualTo(generation);
    }

    @Test
    void theSameAmountInOtherWordsPlansNothingAndReplacesNothing() throws IOException {
        Workload model = served("same-amount");
        long generation = deployment(model).getMetadata().getGeneration();
        model.apply(SPEC.replace("host: 1Gi", "host: 1024Mi"));
        patiently().until(() -> model.status().observedGeneration() == 2);
        says(model, ConditionType.Ready, "True AsSpecified");
        assertThat(deployment(model).getMetadata().getGeneration()).isEqualTo(generation);
        assertThat(planners.ran("same-amount")).hasSize(1);
    }

    @Test
    void whatWasPlannedIsNotPlannedAgain() throws IOException {
        Workload model = served("there-and-back");
        String first = revision(deployment(model));
        model.apply(SPEC.replace("Float32", "Float16"));
        patiently().until(() -> !revision(deployment(model)).equals(first));
        model.apply(SPEC);
        patiently().until(() -> revision(deployment(model)).equals(first));
        assertThat(planners.ran("there-and-back")).hasSize(2);
        assertThat(SERVER.admin
                        .pods()
                        .inNamespace("default")
                        .withLabel("plimsoll.dev/plans")
                        .withLabel("plimsoll.dev/deployment", "there-and-back")
                        .list()
                        .getItems())
                .as("pods that have planned are removed")
                .isEmpty();
    }

    @Test
    void whoPlansIsToldHowLargeTheGpusOfTheClusterAre() {
        SERVER.admin.resource("""
                apiVersion: v1
                kind: Node
                metadata: {name: gpus, labels: {nvidia.com/gpu.memory: "81559", kubernetes.io/arch: amd64}}
                """).create();
        // admission taints every new node as not ready
        Node node = SERVER.admin.nodes().withName("gpus").edit(made -> {
            made.getSpec().setTaints(List.of());
            return made;
        });
        node.setStatus(new NodeStatusBuilder()
                .addToAllocatable("nvidia.com/gpu", new Quantity("2"))
                .build());
        SERVER.admin.resource(node).updateStatus();
        SERVER.admin.resource("""
                apiVersion: resource.k8s.io/v1
                kind: ResourceSlice
                metadata: {name: gpus}
                spec:
                  driver: gpu.nvidia.com
                  nodeName: gpus
                  pool: {name: gpus, generation: 1, resourceSliceCount: 1}
                  devices:
                  - {name: one, capacity: {memory: {value: 40Gi}}}
                """).create();
        try {
            String model = "model: {uri: \"pvc://models/x\"}\n";
            Workload counted = planning("counted", model + "gpu: {count: 2}\n");
            patiently().untilAsserted(() -> assertThat(planner(counted)).contains("--gpu-memory", "81559Mi"));
            Workload claimed = planning("claimed", model + "gpu: {deviceClassName: gpu.nvidia.com}\n");
            patiently().untilAsserted(() -> assertThat(planner(claimed)).contains("--gpu-memory", "40960Mi"));
            Workload tooMany = planning("too-many", model + "gpu: {count: 3}\n");
            patiently()
                    .untilAsserted(
                            () -> assertThat(planner(tooMany)).contains("plan").doesNotContain("--gpu-memory"));
        } finally {
            SERVER.admin.nodes().withName("gpus").delete();
            SERVER.admin.resources(ResourceSlice.class).withName("gpus").delete();
        }
    }

    /** Whose planning never ends. */
    private static Workload planning(String name, String spec) {
        planners.ends(name, "");
        return workload(name).claim("models").apply(spec);
    }

    /** The arguments of the pod that plans it; none while there is no such pod. */
    private static List<String> planner(Workload model) {
        return SERVER
                .admin
                .pods()
                .inNamespace("default")
                .withLabel("plimsoll.dev/plans")
                .withLabel("plimsoll.dev/deployment", model.name)
                .list()
                .getItems()
                .stream()
                .flatMap(pod -> pod.getSpec().getContainers().getFirst().getArgs().stream())
                .toList();
    }

    @Test
    void aRestartIsAskedForByAnAnnotation() throws IOException {
        Workload model = served("restarted-by-hand");
        String before = revision(deployment(model));
        model.resource().edit(now -> {
            now.getMetadata().setAnnotations(Map.of("plimsoll.dev/restartedAt", "2026-01-01T00:00:00Z"));
            return now;
        });
        patiently().until(() -> !revision(deployment(model)).equals(before));
    }

    @Test
    void aDeploymentOfTheReleaseBeforeBecomesARevisionAsItStands() throws IOException {
        Path folder = Path.of("src/test/resources/previous-release");
        planners.ends("smol", "");
        Workload model = workload("smol").claim("models");
        model.apply(SPEC.replace("uri: \"pvc://models/x\"", "uri: \"pvc://models/smollm2/\", servedName: smollm2")
                        .replace("1Gi", "1280Mi")
                + "replicas: 2\n");
        Deployment earlier =
                Serialization.unmarshal(Files.readString(folder.resolve("deployment.yaml")), Deployment.class);
        earlier.getMetadata().setNamespace("default");
        earlier.getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder(
                                earlier.getMetadata().getOwnerReferences().getFirst())
                        .withUid(model.resource().get().getMetadata().getUid())
                        .build()));
        SERVER.admin.resource(earlier).fieldManager("plimsoll-operator").serverSideApply();
        patiently().untilAsserted(() -> assertThat(model.status().rollout())
                .satisfies(rollout -> assertThat(rollout.revision()).isEqualTo(revision(earlier))));
        patiently()
                .until(() ->
                        deployment(model).getMetadata().getAnnotations().containsKey("plimsoll.dev/applied-digest"));
        assertThat(deployment(model).getSpec().getTemplate().getMetadata().getLabels())
                .as("no pod is made anew")
                .isEqualTo(earlier.getSpec().getTemplate().getMetadata().getLabels());
    }

    @Test
    void anEditThatDoesNotServeInTimeIsUndoneWhereThatIsAskedFor() throws IOException {
        Workload model = served("undone");
        String first = revision(deployment(model));
        String edited = SPEC.replace("Float32", "Float16");
        model.apply(edited + "rollout: {rollback: Auto, progressDeadlineSeconds: 600}\n");
        patiently().until(() -> !revision(deployment(model)).equals(first));
        failsAfterItsDeadline(model);
        patiently().until(() -> revision(deployment(model)).equals(first));
        tells(
                model,
                ConditionType.Ready,
                "False RolloutFailed: generation 2 was rolled out and undone",
                "600 s (rollout.progressDeadlineSeconds)",
                "generation 1 serves on");
        says(model, ConditionType.Stalled, "True RolloutFailed");
        assertThat(model.status().rollout().phase()).isEqualTo(RolloutPhase.RolledBack);
        assertThat(model.events()).contains("RolloutFailed");
    }

    @Test
    void aNewerOperatorLeavesPodsAloneUnlessItIsToldNotTo() throws Exception {
        Workload keeps = served("keeps");
        Workload first = served("follows-1");
        Workload second = served("follows-2");
        String follow = SPEC + "rollout: {onOperatorUpgrade: RollOut, rollback: Auto}\n";
        first.apply(follow);
        second.apply(follow);
        long generation = deployment(keeps).getMetadata().getGeneration();
        operator.close();
        operator = new OperatorProcess(SERVER, "operator-newer", newer("plimsoll/model-server:next")).started();
        try {
            patiently()
                    .until(() -> image(first).endsWith(":next") || image(second).endsWith(":next"));
            Workload rolls = image(first).endsWith(":next") ? first : second;
            Workload waits = rolls == first ? second : first;
            patiently().until(() -> waits.status().rollout().phase().equals(RolloutPhase.Waiting));
            says(waits, ConditionType.Ready, "True AsSpecified");
            assertThat(image(waits)).endsWith(":0.1.0");

            failsAfterItsDeadline(rolls);
            patiently().until(() -> rolls.status().rollout().phase().equals(RolloutPhase.RolledBack));
            patiently().until(() -> image(rolls).endsWith(":0.1.0"));
            patiently().until(() -> waits.status().rollout().phase().equals(RolloutPhase.Complete));
            assertThat(image(waits)).as("an image that failed goes no further").endsWith(":0.1.0");
            assertThat(rolls.events()).contains("RolloutFailed");
            assertThat(image(keeps)).endsWith(":0.1.0");
            assertThat(deployment(keeps).getMetadata().getGeneration()).isEqualTo(generation);
        } finally {
            restartOperator();
        }
    }

    private Map<String, String> newer(String image) {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("PLIMSOLL_SERVER_IMAGE", image);
        return settings;
    }

    private static String image(Workload model) {
        return deployment(model)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getImage();
    }

    /** As if its rollout had begun two hours earlier. */
    private static void failsAfterItsDeadline(Workload model) {
        String name = model.name + "-" + revision(deployment(model));
        ControllerRevision revision = SERVER.admin
                .apps()
                .controllerRevisions()
                .inNamespace("default")
                .withName(name)
                .get();
        String history = revision.getMetadata().getAnnotations().get("plimsoll.dev/history");
        String earlier = Instant.now().minusSeconds(7200).toString();
        SERVER.admin
                .resource(new ControllerRevisionBuilder(revision)
                        .editMetadata()
                        .addToAnnotations(
                                "plimsoll.dev/history",
                                history.replaceAll("\"last\":\"[^\"]*\"", "\"last\":\"" + earlier + "\""))
                        .endMetadata()
                        .build())
                .update();
    }

    private Workload served(String name) throws IOException {
        Workload model = workload(name).claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("old");
        serve(model, pod, process());
        return model;
    }
}
