package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetList;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What cannot be done is told, of the object that it is true of, while all else goes on being told. */
@SuppressWarnings("NullAway")
class UnkindWorldIT extends OperatorTest {
    @Test
    void anEditOfAServingModelThatTheApiServerRefusesIsTold() throws IOException {
        Workload model = workload("refused-edit").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        serve(model, pod, process());
        model.apply(SPEC.replace("Float32", "BFloat16") + "scheduling: {nodeSelector: {\"not a label!\": x}}\n");
        says(model, ConditionType.Ready, "False");
        patiently().untilAsserted(() -> assertThat(model.condition(ConditionType.Ready))
                .contains("Pod refused-edit-plan-", "not a label!"));
        assertThat(model.status().observedGeneration()).isEqualTo(2);
        says(model, ConditionType.Available, "True");
        model.remove(pod);
        says(model, ConditionType.Available, "False");
        model.apply(SPEC);
        serve(model, model.pod("b"), process());
    }

    @Test
    void aServiceOfAnotherIsLeftAloneAndThePodsAreToldTrulyAllTheSame() throws IOException {
        create("""
                apiVersion: v1
                kind: Service
                metadata: {name: taken-service, namespace: default}
                spec: {selector: {app: other}, ports: [{port: 80}]}
                """, Service.class);
        Workload model = workload("taken-service").claim("models").apply(SPEC);
        tells(model, ConditionType.Ready, "False", "Service taken-service", "belongs to somebody else");
        deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        process.says(Workload.report(pod, "Serving", "Float32"));
        model.runs(pod, process, true, "{}");
        says(model, ConditionType.Available, "True");
        assertThat(service("taken-service").getSpec().getSelector()).containsOnlyKeys("app");
        SERVER.admin.services().inNamespace("default").withName("taken-service").delete();
        says(model, ConditionType.Ready, "True AsSpecified");
    }

    @Test
    void aDeploymentOfAnotherIsLeftAlone() {
        create("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: taken, namespace: default}
                spec:
                  selector: {matchLabels: {app: other}}
                  template:
                    metadata: {labels: {app: other}}
                    spec: {containers: [{name: other, image: other}]}
                """, Deployment.class);
        Workload model = workload("taken").claim("models").apply(SPEC);
        tells(model, ConditionType.Ready, "False", "Deployment taken", "belongs to somebody else");
        Deployment theirs = deployment(model);
        assertThat(theirs.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(theirs.getSpec().getSelector().getMatchLabels()).containsOnlyKeys("app");
    }

    @Test
    void aQuotaIsTold() {
        SERVER.admin.namespaces().resource(namespace("quota")).create();
        ResourceQuota quota = SERVER.admin
                .resource(Serialization.unmarshal("""
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: none, namespace: quota}
                spec: {hard: {count/deployments.apps: "0"}}
                """, ResourceQuota.class))
                .create();
        quota.setStatus(Serialization.unmarshal("""
                hard: {count/deployments.apps: "0"}
                used: {count/deployments.apps: "0"}
                """, io.fabric8.kubernetes.api.model.ResourceQuotaStatus.class));
        SERVER.admin.resource(quota).updateStatus();
        Workload model =
                new Workload(SERVER.admin, "quota", "limited").claim("models").apply(SPEC);
        tells(model, ConditionType.Ready, "False", "Deployment limited", "exceeded quota: none");
        SERVER.admin.resource(quota).delete();
        deployment(model);
        says(model, ConditionType.Ready, "False Starting");
    }

    @Test
    void aWebhookThatIsDownIsToldAndWhatServesGoesOnBeingTold() throws IOException {
        Workload model = workload("webhook").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        serve(model, pod, process());
        ValidatingWebhookConfiguration webhook = create("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingWebhookConfiguration
                metadata: {name: down}
                webhooks:
                - name: down.example.com
                  clientConfig: {url: "https://127.0.0.1:1/"}
                  rules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]
                  matchConditions: [{name: this, expression: "object.metadata.name == 'webhook'"}]
                  admissionReviewVersions: [v1]
                  sideEffects: None
                  timeoutSeconds: 1
                """, ValidatingWebhookConfiguration.class);
        try {
            patiently().untilAsserted(() -> {
                model.apply(SPEC.replace("Float32", "Float16"));
                assertThat(model.condition(ConditionType.Ready))
                        .startsWith("False")
                        .contains("failed calling webhook");
            });
            says(model, ConditionType.Available, "True");
            model.remove(pod);
            says(model, ConditionType.Available, "False");
        } finally {
            SERVER.admin.resource(webhook).delete();
        }
        patiently().until(() -> deployment(model).getMetadata().getGeneration() == 2);
    }

    @Test
    void whatWasOrphanedIsAdoptedAndItsPodsServeOn() throws IOException {
        Workload model = workload("orphaned").claim("models").apply(SPEC);
        String uid = deployment(model).getMetadata().getUid();
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        serve(model, pod, process);
        model.resource().delete();
        patiently().until(() -> model.resource().get() == null);
        orphan(model.deployment());
        orphan(service("orphaned"));
        orphan(budgets().withName("orphaned").get());
        revisions("orphaned").forEach(UnkindWorldIT::orphan);
        model.apply(SPEC);
        says(model, ConditionType.Ready, "True AsSpecified");
        assertThat(model.deployment().getMetadata().getUid()).isEqualTo(uid);
        String owner = model.resource().get().getMetadata().getUid();
        for (HasMetadata owned : List.of(
                model.deployment(),
                service("orphaned"),
                budgets().withName("orphaned").get())) {
            assertThat(owned.getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(reference -> assertThat(reference.getUid()).isEqualTo(owner));
        }
    }

    private static List<ControllerRevision> revisions(String deployment) {
        return SERVER.admin
                .apps()
                .controllerRevisions()
                .inNamespace("default")
                .withLabel("plimsoll.dev/deployment", deployment)
                .list()
                .getItems();
    }

    /** What the garbage collector does for {@code kubectl delete --cascade=orphan}. */
    private static void orphan(HasMetadata object) {
        object.getMetadata().setOwnerReferences(List.of());
        object.getMetadata().setManagedFields(null);
        SERVER.admin
                .resource(object)
                .patch(
                        io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                                io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE),
                        "{\"metadata\":{\"ownerReferences\":null}}");
    }

    @Test
    void whatAnEarlierOneOfTheNameOwnsIsWaitedFor() {
        Workload model = workload("again").claim("models").apply(SPEC);
        String before = deployment(model).getMetadata().getUid();
        model.resource().delete();
        patiently().until(() -> model.resource().get() == null);
        model.apply(SPEC);
        tells(model, ConditionType.Ready, "False", "earlier ModelDeployment");
        SERVER.admin.resourceList(List.copyOf(revisions("again"))).delete();
        SERVER.admin.services().inNamespace("default").withName("again").delete();
        budgets().withName("again").delete();
        SERVER.admin
                .apps()
                .deployments()
                .inNamespace("default")
                .withName("again")
                .delete();
        patiently()
                .until(() -> model.deployment() != null
                        && !model.deployment().getMetadata().getUid().equals(before));
        says(model, ConditionType.Ready, "False Starting");
    }

    @Test
    void aPodOfAnotherWithOurLabelIsNeitherCountedNorAskedNorSentRequests() throws IOException {
        Workload model = workload("envied").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        serve(model, pod, process());
        Pod stranger = SERVER.admin
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("stranger")
                        .withNamespace("default")
                        .addToLabels("plimsoll.dev/deployment", "envied")
                        .endMetadata()
                        .withNewSpecLike(pod.getSpec())
                        .endSpec()
                        .build())
                .create();
        ReplicaProcess process = process();
        process.says(Workload.report(stranger, "Failed", "Float32"));
        model.runs(stranger, process, true, "{}");
        Pod second =
                SERVER.admin.pods().inNamespace("default").withName("envied-a").get();
        model.tell(second, "phase: Running\nconditions: [{type: Ready, status: 'False'}]");
        says(model, ConditionType.Ready, "False");
        says(model, ConditionType.Available, "False");
        assertThat(model.status().replicas()).isEqualTo(1);
        assertThat(process.timesAsked()).isZero();
        var selector = service("envied").getSpec().getSelector();
        assertThat(pod.getMetadata().getLabels()).containsAllEntriesOf(selector);
        assertThat(stranger.getMetadata().getLabels().entrySet().containsAll(selector.entrySet()))
                .isFalse();
    }

    @Test
    void aReportThatHangsInItsBodyIsUnknownAndIsBelievedAgainAfterwards() throws IOException {
        Workload model = workload("hanging").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        serve(model, pod, process);
        process.hangs(true);
        says(model, ConditionType.Ready, "Unknown");
        process.hangs(false);
        says(model, ConditionType.Ready, "True AsSpecified");
    }

    @Test
    void aFirstReportThatHangsFreezesNothing() throws IOException {
        Workload model = workload("hung-at-first").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        process.says(Workload.report(pod, "Serving", "Float32"));
        process.hangs(true);
        model.runs(pod, process, true, "{}");
        says(model, ConditionType.Ready, "Unknown");
        process.hangs(false);
        says(model, ConditionType.Ready, "True AsSpecified");
    }

    private static NonNamespaceOperation<PodDisruptionBudget, PodDisruptionBudgetList, Resource<PodDisruptionBudget>>
            budgets() {
        return SERVER.admin.policy().v1().podDisruptionBudget().inNamespace("default");
    }

    private static Service service(String name) {
        return SERVER.admin.services().inNamespace("default").withName(name).get();
    }

    private static <R extends HasMetadata> R create(String yaml, Class<R> type) {
        return SERVER.admin.resource(Serialization.unmarshal(yaml, type)).create();
    }

    private static io.fabric8.kubernetes.api.model.Namespace namespace(String name) {
        return new io.fabric8.kubernetes.api.model.NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .build();
    }
}
