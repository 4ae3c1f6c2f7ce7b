package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The operator as its image runs it, against a real API server, with the rights of its own role. There are no
 * controllers and no kubelet: the test does to pods what they would do, and answers for the pods.
 */
@SuppressWarnings("NullAway")
class ReconcilerIT extends OperatorTest {
    private static final String OOM_KILLED =
            "{exitCode: 137, reason: OOMKilled, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z'}";

    @Test
    void whatIsAskedForIsMadeAndBelongsToIt() {
        Workload model = workload("made").claim("models").apply(SPEC);
        Deployment made = deployment(model);
        assertThat(SERVER.admin
                        .services()
                        .inNamespace("default")
                        .withName("made")
                        .get())
                .isNotNull();
        String uid = model.resource().get().getMetadata().getUid();
        assertThat(made.getMetadata().getOwnerReferences())
                .as("the garbage collector removes what has an owner")
                .singleElement()
                .satisfies(owner -> {
                    assertThat(owner.getUid()).isEqualTo(uid);
                    assertThat(owner.getController()).isTrue();
                    assertThat(owner.getBlockOwnerDeletion()).isTrue();
                });
        says(model, ConditionType.Ready, "False Starting: 0 of 1 pods exist");
        assertThat(model.resource().get().getSpec().serving().maxSequences())
                .as("the spec is the user's")
                .isEqualTo(8);
    }

    @Test
    void aPodIsToldFromItsFirstReportToServing() throws IOException {
        Workload model = workload("life").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        process.says(Workload.report(pod, "Loading", "Float32"));
        model.runs(pod, process, false, "{}");
        says(model, ConditionType.Ready, "False Loading: 0 of 1 replicas hold the model: 64Mi of 256Mi read");
        says(model, ConditionType.Fits, "True PlanFits: 512Mi of 1Gi on the host");
        assertThat(model.status().summary().placement()).isEqualTo("2/2 layers on host (loading)");
        serve(model, pod, process);
        assertThat(model.status().summary().hostMemory()).isEqualTo("500Mi/1Gi");
        assertThat(model.events()).containsExactly("Loaded", "Ready");
    }

    @Test
    void aStatusThatWouldSayTheSameIsNotWritten() throws IOException {
        Workload model = workload("steady").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        serve(model, pod, process);
        String version = model.resource().get().getMetadata().getResourceVersion();
        int asked = process.timesAsked();
        process.says(Workload.report(pod, "Serving", "Float32").replace("419430400", "419434496"));
        patiently().until(() -> process.timesAsked() > asked + 20);
        assertThat(model.resource().get().getMetadata().getResourceVersion()).isEqualTo(version);
    }

    @Test
    void whileAnEditRollsOutNothingOldIsSaidOfTheNew() throws IOException {
        Workload model = workload("edited").claim("models").apply(SPEC);
        String before = revision(deployment(model));
        Pod old = model.pod("old");
        ReplicaProcess process = process();
        serve(model, old, process);
        model.apply(SPEC.replace("Float32", "Float16"));
        patiently().until(() -> !revision(deployment(model)).equals(before));
        says(model, ConditionType.Ready, "False RollingOut");
        says(model, ConditionType.Available, "True MinimumReplicas");
        says(model, ConditionType.ModelLoaded, "False NotLoaded");
        says(model, ConditionType.PlacementSatisfied, "Unknown NotReported");
        says(model, ConditionType.WithinMemoryBudget, "Unknown NotReported");
        assertThat(model.status().observedGeneration()).isEqualTo(2);
        assertThat(model.status().summary().dtype()).isEqualTo("Float16");
        model.remove(old);
        Pod pod = model.pod("new");
        ReplicaProcess another = process();
        another.says(Workload.report(pod, "Serving", "Float16"));
        model.runs(pod, another, true, "{}");
        says(model, ConditionType.Ready, "True AsSpecified");
        assertThat(model.status().conditions()).allSatisfy(condition -> assertThat(condition.observedGeneration())
                .isEqualTo(2));
    }

    @Test
    void scalingReplacesNoPod() throws IOException {
        Workload model = workload("scaled").claim("models").apply(SPEC);
        String revision = revision(deployment(model));
        serve(model, model.pod("a"), process());
        model.resource().scale(2);
        patiently().until(() -> deployment(model).getSpec().getReplicas() == 2);
        assertThat(revision(deployment(model))).isEqualTo(revision);
        says(
                model,
                ConditionType.Ready,
                "True ScalingUp: 1 of 2 replicas serve as specified, 1 is on the way: 1 of 2 pods exist");
        Pod second = model.pod("b");
        ReplicaProcess process = process();
        process.says(Workload.report(second, "Serving", "Float32"));
        model.runs(second, process, true, "{}");
        says(model, ConditionType.Ready, "True AsSpecified: 2 of 2 replicas serve as specified");
    }

    @Test
    void aRefusalIsToldInTheServersWordsAndOnce() throws Exception {
        Workload model = workload("refused").claim("models").apply(SPEC);
        deployment(model);
        model.ended(model.pod("a"), """
                {exitCode: 3, startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:01Z",
                 message: '{"reason": "HostBudgetTooSmall", "message": "the host needs 2Gi and may use 1Gi"}'}""");
        says(model, ConditionType.Fits, "False HostBudgetTooSmall: the host needs 2Gi and may use 1Gi");
        says(model, ConditionType.Ready, "False HostBudgetTooSmall: the host needs 2Gi and may use 1Gi");
        restartOperator();
        Workload later = workload("later-than-refused").claim("models").apply(SPEC);
        says(later, ConditionType.Ready, "False Starting");
        assertThat(model.events()).containsExactly("HostBudgetTooSmall");
    }

    @Test
    void aKillForMemoryIsToldUntilItServesAgainAndSilenceAfterwardsIsNotTheKill() throws IOException {
        Workload model = workload("killed").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        model.ended(pod, OOM_KILLED);
        says(model, ConditionType.WithinMemoryBudget, "False HostOutOfMemory");
        tells(model, ConditionType.Ready, "False HostOutOfMemory", "memory limit of 1Gi", "raise memory.host");
        ReplicaProcess process = process();
        process.says(Workload.report(pod, "Serving", "Float32"));
        model.runs(pod, process, true, "{terminated: " + OOM_KILLED + "}");
        says(model, ConditionType.Ready, "True AsSpecified");
        process.fallsSilent();
        says(model, ConditionType.Ready, "Unknown Report");
        says(model, ConditionType.ModelLoaded, "Unknown Report");
        process.says(Workload.report(pod, "Serving", "Float32"));
        says(model, ConditionType.Ready, "True AsSpecified");
    }

    @Test
    void oneSilentReplicaMakesTheWholeUnknown() throws IOException {
        Workload model = workload("half-silent").claim("models").apply(SPEC + "replicas: 2\n");
        deployment(model);
        List<Pod> pods = List.of(model.pod("a"), model.pod("b"));
        List<ReplicaProcess> each = List.of(process(), process());
        for (int i = 0; i < 2; i++) {
            each.get(i).says(Workload.report(pods.get(i), "Serving", "Float32"));
            model.runs(pods.get(i), each.get(i), true, "{}");
        }
        says(model, ConditionType.Ready, "True AsSpecified");
        each.getFirst().fallsSilent();
        says(model, ConditionType.Ready, "Unknown Report");
        says(model, ConditionType.Progressing, "Unknown Report");
        says(model, ConditionType.Available, "True MinimumReplicas");
    }

    @Test
    void aClaimThatIsMissingIsNamedAndItsCreationIsSeen() {
        Workload model = workload("claimless").apply(SPEC.replace("models", "late"));
        says(model, ConditionType.ModelLoaded, "False ClaimNotFound: PersistentVolumeClaim late does not exist");
        model.claim("late");
        says(model, ConditionType.Ready, "False Starting");
        assertThat(model.events()).containsExactly("ClaimNotFound");
    }

    @Test
    void aNodeFolderIsRefusedAndThePodsThatAreThereServeOn() {
        Workload model = workload("folder").claim("models").apply(SPEC);
        deployment(model);
        model.apply(SPEC.replace("pvc://models/x", "file:///etc"));
        says(model, ConditionType.Ready, "False SourceNotAllowed: model.uri file:///etc is not allowed");
        assertThat(deployment(model).getMetadata().getGeneration()).isEqualTo(1);
        patiently().untilAsserted(() -> assertThat(model.events()).containsExactly("SourceNotAllowed"));
    }

    @Test
    void whatTheApiServerRefusesIsToldInItsWords() {
        Workload model = workload("unschedulable").claim("models").apply(SPEC + """
                scheduling: {nodeSelector: {"not a label!": x}}
                """);
        tells(model, ConditionType.Ready, "False Invalid: Pod unschedulable-plan-", "not a label!");
        assertThat(model.events()).containsExactly("Invalid");
        model.apply(SPEC + "scheduling: {nodeSelector: {}}\n");
        says(model, ConditionType.Ready, "False Starting");
    }

    @Test
    void whatSomebodyChangesOrRemovesIsPutBack() {
        Workload model = workload("drifted").claim("models").apply(SPEC);
        deployment(model);
        SERVER.admin
                .apps()
                .deployments()
                .inNamespace("default")
                .withName("drifted")
                .edit(deployment -> {
                    deployment
                            .getSpec()
                            .getTemplate()
                            .getSpec()
                            .getContainers()
                            .getFirst()
                            .setImage("other");
                    return deployment;
                });
        SERVER.admin.services().inNamespace("default").withName("drifted").delete();
        patiently().untilAsserted(() -> {
            assertThat(deployment(model)
                            .getSpec()
                            .getTemplate()
                            .getSpec()
                            .getContainers()
                            .getFirst()
                            .getImage())
                    .isEqualTo("plimsoll/model-server:0.1.0");
            assertThat(SERVER.admin
                            .services()
                            .inNamespace("default")
                            .withName("drifted")
                            .get())
                    .isNotNull();
        });
    }

    @Test
    void aRestartOfTheOperatorChangesNothingAndRepeatsNothing() throws Exception {
        Workload model = workload("restarted").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        serve(model, pod, process);
        String version = model.resource().get().getMetadata().getResourceVersion();
        long generation = deployment(model).getMetadata().getGeneration();
        restartOperator();
        int asked = process.timesAsked();
        patiently().until(() -> process.timesAsked() > asked + 5);
        assertThat(model.resource().get().getMetadata().getResourceVersion()).isEqualTo(version);
        assertThat(deployment(model).getMetadata().getGeneration()).isEqualTo(generation);
        assertThat(model.events()).containsExactly("Loaded", "Ready");
        process.says(Workload.report(pod, "Draining", "Float32"));
        patiently().until(() -> model.status().conditions().stream()
                .anyMatch(condition ->
                        condition.type().equals(ConditionType.Ready) && condition.status() == ConditionStatus.False));
    }

    @Test
    void whatIsDeletedStaysAway() throws IOException {
        Workload model = workload("deleted").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        serve(model, pod, process());
        model.resource().delete();
        patiently().until(() -> model.resource().get() == null);
        SERVER.admin
                .apps()
                .deployments()
                .inNamespace("default")
                .withName("deleted")
                .delete();
        SERVER.admin.services().inNamespace("default").withName("deleted").delete();
        model.remove(pod);
        Pod straggler = SERVER.admin
                .resource(new PodBuilder(pod)
                        .withNewMetadata()
                        .withName("straggler")
                        .withNamespace("default")
                        .withLabels(pod.getMetadata().getLabels())
                        .endMetadata()
                        .withStatus(null)
                        .build())
                .create();
        model.tell(straggler, "phase: Pending");
        for (String name : List.of("later", "later-still")) {
            Workload later = workload(name).claim("models").apply(SPEC);
            deployment(later);
            serve(later, later.pod("a"), process());
        }
        assertThat(SERVER.audit.requests())
                .filteredOn(request -> request.isWrite() && request.name().equals("deleted"))
                .filteredOn(request -> request.resource().equals("apps/deployments")
                        || request.resource().equals("/services"))
                .as("each was made once, and nothing was made again")
                .hasSize(2);
        assertThat(model.deployment()).isNull();
    }
}
