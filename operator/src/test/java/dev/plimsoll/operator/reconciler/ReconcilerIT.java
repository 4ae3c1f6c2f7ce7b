package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.operator.OperatorConfig;
import dev.plimsoll.operator.Permissions;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The operator against a real API server, with the rights of its own role. There are no controllers and no kubelet: the
 * test does to pods what they would do, and answers for the pods.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway")
class ReconcilerIT {
    private static final String SPEC = """
            model: {uri: "pvc://models/x"}
            dtype: Float32
            placement: {policy: HostOnly}
            memory: {host: 1Gi}
            """;
    private static final String OOM_KILLED =
            "{exitCode: 137, reason: OOMKilled, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z'}";
    private static final OperatorConfig CONFIG = new SmallRyeConfigBuilder()
            .withMapping(OperatorConfig.class)
            .withDefaultValues(Map.of("plimsoll.poll-loading", "PT0.1S", "plimsoll.poll-serving", "PT0.2S"))
            .build()
            .getConfigMapping(OperatorConfig.class);

    private static final UsedRights USED = new UsedRights();
    private static final ShiftedClock CLOCK = new ShiftedClock();
    private static ApiServer server;
    private static RunningOperator operator;

    private final List<ReplicaProcess> processes = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        server = new ApiServer();
        startOperator();
    }

    @AfterAll
    static void stop() {
        operator.close();
        server.close();
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(ReplicaProcess::close);
    }

    @Test
    void whatIsAskedForIsMadeAndBelongsToIt() {
        Workload model = workload("made").claim("models").apply(SPEC);
        Deployment made = deployment(model);
        assertThat(server.admin
                        .services()
                        .inNamespace("default")
                        .withName("made")
                        .get())
                .isNotNull();
        String uid = model.resource().get().getMetadata().getUid();
        assertThat(made.getMetadata().getOwnerReferences())
                .as("the garbage collector removes what has an owner")
                .singleElement()
                .satisfies(owner -> assertThat(owner.getUid()).isEqualTo(uid));
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
        assertThat(model.status().summary().hostMemory()).isEqualTo("512Mi/1Gi");
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
        String before = hash(deployment(model));
        Pod old = model.pod("old");
        ReplicaProcess process = process();
        serve(model, old, process);
        model.apply(SPEC.replace("Float32", "Float16"));
        patiently().until(() -> !hash(deployment(model)).equals(before));
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
        String hash = hash(deployment(model));
        serve(model, model.pod("a"), process());
        model.resource().scale(2);
        patiently().until(() -> deployment(model).getSpec().getReplicas() == 2);
        assertThat(hash(deployment(model))).isEqualTo(hash);
        says(model, ConditionType.Ready, "False Starting: 1 of 2 pods exist");
        Pod second = model.pod("b");
        ReplicaProcess process = process();
        process.says(Workload.report(second, "Serving", "Float32"));
        model.runs(second, process, true, "{}");
        says(model, ConditionType.Ready, "True AsSpecified: 2 of 2 replicas serve as specified");
    }

    @Test
    void aRefusalIsToldInTheServersWordsAndOnce() {
        Workload model = workload("refused").claim("models").apply(SPEC);
        deployment(model);
        model.ended(model.pod("a"), """
                {exitCode: 3, startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T00:00:01Z",
                 message: '{"reason": "HostBudgetTooSmall", "message": "the host needs 2Gi and may use 1Gi"}'}""");
        says(model, ConditionType.Fits, "False HostBudgetTooSmall: the host needs 2Gi and may use 1Gi");
        says(model, ConditionType.Ready, "False HostBudgetTooSmall: the host needs 2Gi and may use 1Gi");
        restartOperator();
        model.claim("another");
        patiently().until(() -> deployment(model) != null);
        assertThat(model.events()).containsExactly("HostBudgetTooSmall");
    }

    @Test
    void aKillForMemoryIsToldUntilItServesAgainAndSilenceAfterwardsIsNotTheKill() throws IOException {
        Workload model = workload("killed").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        model.ended(pod, OOM_KILLED);
        says(model, ConditionType.WithinMemoryBudget, "False HostOutOfMemory");
        says(model, ConditionType.Ready, "False HostOutOfMemory");
        assertThat(model.condition(ConditionType.Ready)).contains("memory limit of 1Gi", "raise memory.host");
        ReplicaProcess process = process();
        process.says(Workload.report(pod, "Serving", "Float32"));
        model.runs(pod, process, true, "{terminated: " + OOM_KILLED + "}");
        says(model, ConditionType.Ready, "True AsSpecified");
        process.fallsSilent();
        CLOCK.advance(CONFIG.stale().plusSeconds(1));
        says(model, ConditionType.Ready, "Unknown ReportStale");
        says(model, ConditionType.ModelLoaded, "Unknown ReportStale");
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
        CLOCK.advance(CONFIG.stale().plusSeconds(1));
        says(model, ConditionType.Ready, "Unknown ReportStale");
        says(model, ConditionType.Progressing, "Unknown ReportStale");
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
    void aNodeFolderIsRefusedAndThePodsThatWereThereGo() {
        Workload model = workload("folder").claim("models").apply(SPEC);
        deployment(model);
        model.apply(SPEC.replace("pvc://models/x", "file:///etc"));
        says(model, ConditionType.Ready, "False SourceNotAllowed: model.uri file:///etc is not allowed");
        patiently().until(() -> model.deployment() == null);
        assertThat(model.events()).containsExactly("SourceNotAllowed");
    }

    @Test
    void whatTheApiServerRefusesIsToldInItsWords() {
        Workload model = workload("unschedulable").claim("models").apply(SPEC + """
                scheduling: {nodeSelector: {"not a label!": x}}
                """);
        says(model, ConditionType.Ready, "False PodsRejected");
        assertThat(model.condition(ConditionType.Ready)).contains("not a label!");
        assertThat(model.events()).containsExactly("PodsRejected");
        model.apply(SPEC + "scheduling: {nodeSelector: {}}\n");
        says(model, ConditionType.Ready, "False Starting");
    }

    @Test
    void aDeploymentOfAnotherIsLeftAlone() {
        server.admin.resource(Serialization.unmarshal("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: taken, namespace: default}
                spec:
                  selector: {matchLabels: {app: other}}
                  template:
                    metadata: {labels: {app: other}}
                    spec: {containers: [{name: other, image: other}]}
                """, Deployment.class)).create();
        Workload model = workload("taken").claim("models").apply(SPEC);
        says(model, ConditionType.Ready, "False PodsRejected");
        Deployment theirs = deployment(model);
        assertThat(theirs.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(theirs.getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getImage())
                .isEqualTo("other");
    }

    @Test
    void whatSomebodyChangesOrRemovesIsPutBack() {
        Workload model = workload("drifted").claim("models").apply(SPEC);
        deployment(model);
        server.admin
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
        server.admin.services().inNamespace("default").withName("drifted").delete();
        patiently().untilAsserted(() -> {
            assertThat(deployment(model)
                            .getSpec()
                            .getTemplate()
                            .getSpec()
                            .getContainers()
                            .getFirst()
                            .getImage())
                    .isEqualTo(CONFIG.serverImage());
            assertThat(server.admin
                            .services()
                            .inNamespace("default")
                            .withName("drifted")
                            .get())
                    .isNotNull();
        });
    }

    @Test
    void aRestartOfTheOperatorChangesNothingAndRepeatsNothing() throws IOException {
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
        server.admin
                .apps()
                .deployments()
                .inNamespace("default")
                .withName("deleted")
                .delete();
        server.admin.services().inNamespace("default").withName("deleted").delete();
        model.remove(pod);
        Workload later = workload("later").claim("models").apply(SPEC);
        deployment(later);
        assertThat(model.deployment()).isNull();
        assertThat(server.admin
                        .services()
                        .inNamespace("default")
                        .withName("deleted")
                        .get())
                .isNull();
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void theRoleGivesWhatWasUsedAndNoMore() {
        assertThat(USED.rights()).containsExactlyInAnyOrderElementsOf(UsedRights.of(Permissions.role()));
    }

    private static Workload workload(String name) {
        return new Workload(server.admin, name);
    }

    private ReplicaProcess process() throws IOException {
        ReplicaProcess process = new ReplicaProcess();
        processes.add(process);
        return process;
    }

    private static void serve(Workload model, Pod pod, ReplicaProcess process) {
        process.says(Workload.report(pod, "Serving", "Float32"));
        model.runs(pod, process, true, "{}");
        says(model, ConditionType.Ready, "True AsSpecified: 1 of 1 replicas serve as specified");
    }

    private static Deployment deployment(Workload model) {
        patiently().until(() -> model.deployment() != null);
        return Objects.requireNonNull(model.deployment());
    }

    private static String hash(Deployment deployment) {
        return deployment.getSpec().getTemplate().getMetadata().getLabels().get("plimsoll.dev/spec-hash");
    }

    private static void says(Workload model, ConditionType type, String words) {
        patiently().untilAsserted(() -> assertThat(model.condition(type)).startsWith(words));
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(100));
    }

    private static void startOperator() {
        operator = new RunningOperator(server.operator(USED), CONFIG, CLOCK);
    }

    private static void restartOperator() {
        operator.close();
        startOperator();
    }
}
