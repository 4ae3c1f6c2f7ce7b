package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the API server does not take from the operator is told in seconds, of the object that it is true of. */
@Execution(ExecutionMode.CONCURRENT)
class RefusedWriteE2E {
    @Test
    void anEditThatIsInvalid() throws Exception {
        try (Topology it = new Topology("e2e-invalid-edit")) {
            String pod = it.serve().getMetadata().getUid();
            Instant edited = Instant.now();
            it.cluster().apply("model", it.model().spec() + """
                    scheduling:
                      tolerations: [{key: gpu, operator: Exists, effect: NoSchedule, tolerationSeconds: 5}]
                    """);
            Seen told = it.journal()
                    .timed("invalid edit: told", edited, seen -> seen.generation() == 2 && seen.is("Ready", "False"));
            assertThat(told.isCurrent()).isTrue();
            assertThat(told.message("Ready")).contains("effect must be 'NoExecute' when `tolerationSeconds` is set");
            assertThat(told.reason("Ready")).isEqualTo("Invalid");
            assertThat(told.is("Available", "True")).as("the old pod serves").isTrue();
            assertThat(told.is("Stalled", "True")).isTrue();
            assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "False", told.reason("Ready"));
            Kubectl.awaitEvent(it.cluster(), "model", told.reason("Ready"), "tolerationSeconds");

            // What goes on is seen while nothing can be applied.
            it.cluster().client().resource(it.cluster().onlyPod("model")).delete();
            Journal.PodSeen gone = it.journal().awaitPod("that the pod is gone", seen -> seen.isOf(pod) && seen.gone());
            it.journal().timed("invalid edit: the pod behind it has gone", gone.at(), seen -> seen.status()
                    .path("pods")
                    .valueStream()
                    .noneMatch(row -> row.path("uid").asText().equals(pod)));

            it.apply();
            assertThat(it.awaitServing().generation()).isEqualTo(3);
        }
    }

    @Test
    void aServiceOfSomebodyElse() throws Exception {
        Service service = Serialization.unmarshal("""
                apiVersion: v1
                kind: Service
                metadata: {name: model}
                spec: {ports: [{port: 80}], selector: {app: theirs}}
                """, Service.class);
        try (Topology it = new Topology("e2e-taken-service")) {
            Seen told = taken(it, service, "Service");
            assertThat(told.message("ModelLoaded"))
                    .as("the pods have nothing to do with it")
                    .doesNotContain("Service");
            it.journal().await("the pods load all the same", seen -> seen.is("ModelLoaded", "True"));
            Service theirs = it.cluster()
                    .client()
                    .services()
                    .inNamespace(it.cluster().namespace())
                    .withName("model")
                    .get();
            assertThat(theirs.getSpec().getSelector()).containsOnlyKeys("app");
            assertThat(theirs.getMetadata().getOwnerReferences()).isEmpty();
            heals(it, service);
        }
    }

    @Test
    void aDeploymentOfSomebodyElse() throws Exception {
        Deployment deployment = Serialization.unmarshal("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: model}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: theirs}}
                  template:
                    metadata: {labels: {app: theirs}}
                    spec: {containers: [{name: theirs, image: "registry.invalid/theirs:1"}]}
                """, Deployment.class);
        try (Topology it = new Topology("e2e-taken-deployment")) {
            Seen told = taken(it, deployment, "Deployment");
            assertThat(told.is("ModelLoaded", "False")).isTrue();
            Deployment theirs = it.cluster()
                    .client()
                    .apps()
                    .deployments()
                    .inNamespace(it.cluster().namespace())
                    .withName("model")
                    .get();
            assertThat(theirs.getSpec().getTemplate().getSpec().getContainers())
                    .hasSize(1)
                    .allSatisfy(container -> assertThat(container.getName()).isEqualTo("theirs"));
            heals(it, deployment);
        }
    }

    @Test
    void aServiceThatAQuotaForbids() throws Exception {
        try (Topology it = new Topology("e2e-service-quota")) {
            ResourceQuota quota = Serialization.unmarshal("""
                    apiVersion: v1
                    kind: ResourceQuota
                    metadata: {name: no-services}
                    spec: {hard: {services: "0"}}
                    """, ResourceQuota.class);
            it.cluster()
                    .client()
                    .resource(quota)
                    .inNamespace(it.cluster().namespace())
                    .create();
            it.apply();
            Seen told = it.journal()
                    .await("the quota's words", seen -> seen.message("Ready").contains("no-services"));
            assertThat(told.is("Ready", "False")).isTrue();
            assertThat(told.reason("Ready")).isEqualTo("QuotaExceeded");
            assertThat(told.message("Ready")).contains("Service");
            assertThat(told.message("ModelLoaded")).doesNotContain("no-services");
            it.journal().await("the pods load all the same", seen -> seen.is("ModelLoaded", "True"));
            heals(it, quota);
        }
    }

    @Test
    void aWebhookThatIsDown() throws Exception {
        try (Topology it = new Topology("e2e-webhook-down")) {
            it.serve();
            try (AdmissionWebhook _ = AdmissionWebhook.broken(it.cluster(), "apps", "deployments")) {
                Instant edited = Instant.now();
                it.cluster().apply("model", it.model().spec(32));
                Seen told = it.journal()
                        .timed("webhook down: told", edited, seen -> seen.is("Ready", "False", "WebhookFailed"));
                assertThat(it.journal().standing(edited))
                        .allSatisfy(seen -> assertThat(seen.generation() == 2 && seen.is("Ready", "True"))
                                .as("nothing runs of what was asked for")
                                .isFalse());
                assertThat(told.generation()).isEqualTo(2);
                assertThat(told.message("Ready")).contains("failed calling webhook", "Deployment");
                assertThat(told.is("Available", "True"))
                        .as("the old pod serves")
                        .isTrue();
                assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "False", told.reason("Ready"));
                Kubectl.awaitEvent(it.cluster(), "model", told.reason("Ready"), "webhook");
            }
            assertThat(it.awaitServing().generation()).isEqualTo(2);
        }
    }

    private static Seen taken(Topology it, HasMetadata theirs, String kind) throws Exception {
        it.cluster()
                .client()
                .resource(theirs)
                .inNamespace(it.cluster().namespace())
                .create();
        Instant applied = Instant.now();
        it.apply();
        Seen told = it.journal()
                .timed(
                        kind + " taken: told",
                        applied,
                        seen -> seen.is("Ready", "False")
                                && seen.message("Ready").contains("belongs to somebody else"));
        assertThat(told.reason("Ready")).isEqualTo("NameTaken");
        assertThat(told.message("Ready")).contains(kind + " model");
        assertThat(Kubectl.row(it.cluster(), "model")).startsWith("model", "False", told.reason("Ready"));
        Kubectl.awaitEvent(it.cluster(), "model", told.reason("Ready"), "somebody else");
        return told;
    }

    private static void heals(Topology it, HasMetadata obstacle) {
        it.cluster()
                .client()
                .resource(obstacle)
                .inNamespace(it.cluster().namespace())
                .delete();
        it.awaitServing();
    }
}
