package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What pods are made, judged by a real API server: its admission of pods, and what stands after a change. */
@SuppressWarnings("NullAway")
class PodsIT extends OperatorTest {
    private static final String RESTRICTED = "restricted";
    private static final YAMLMapper YAML = new YAMLMapper();

    @BeforeAll
    static void makeANamespaceThatTakesRestrictedPodsAlone() {
        SERVER.admin
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(RESTRICTED)
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create();
        for (String account : new String[] {"default", "models"}) {
            SERVER.admin
                    .resource(new ServiceAccountBuilder()
                            .withNewMetadata()
                            .withName(account)
                            .withNamespace(RESTRICTED)
                            .endMetadata()
                            .build())
                    .serverSideApply();
        }
        SERVER.admin
                .resource(new PriorityClassBuilder()
                        .withNewMetadata()
                        .withName("serving")
                        .endMetadata()
                        .withValue(1000)
                        .build())
                .create();
    }

    @Test
    void aPodOfEveryFieldPassesTheRestrictedProfile() throws IOException {
        Workload model = new Workload(SERVER.admin, RESTRICTED, "everything").claim("models");
        model.apply(spec("every-field"));
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("of-every-field")
                .withNamespace(RESTRICTED)
                .endMetadata()
                .withSpec(deployment(model).getSpec().getTemplate().getSpec())
                .build();
        Pod made = SERVER.admin.resource(pod).create();
        assertThat(made.getSpec().getVolumes())
                .as("no token is mounted")
                .noneMatch(volume -> volume.getProjected() != null);
        assertThat(made.getSpec().getSecurityContext().getRunAsUser())
                .as("OpenShift refuses a user that is not of the namespace's own range")
                .isNull();

        Pod root = new PodBuilder(pod)
                .editMetadata()
                .withName("as-root")
                .endMetadata()
                .editSpec()
                .editFirstContainer()
                .withSecurityContext(new SecurityContext())
                .endContainer()
                .endSpec()
                .build();
        assertThatThrownBy(() -> SERVER.admin.resource(root).create())
                .as("the namespace does refuse pods")
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("violates PodSecurity");
    }

    @Test
    void suspensionGivesThePodsBackAndKeepsTheRest() throws IOException {
        Workload model = workload("suspended").claim("models").apply(SPEC + "replicas: 2\n");
        deployment(model);
        model.apply(SPEC + "replicas: 2\nsuspend: true\n");
        patiently().until(() -> deployment(model).getSpec().getReplicas() == 0);
        says(model, ConditionType.Ready, "True Suspended: suspended: the GPUs are given back; 2 replicas come back");
        says(model, ConditionType.Available, "False Suspended");
        assertThat(model.resource().get().getSpec().replicas()).isEqualTo(2);
        assertThat(SERVER.admin
                        .services()
                        .inNamespace("default")
                        .withName("suspended")
                        .get())
                .isNotNull();
        model.resource().scale(3);
        says(model, ConditionType.Ready, "True Suspended: suspended: the GPUs are given back; 3 replicas come back");
        assertThat(deployment(model).getSpec().getReplicas()).isZero();
        model.resource().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"suspend\": false}}");
        patiently().until(() -> deployment(model).getSpec().getReplicas() == 3);
        says(model, ConditionType.Ready, "False Starting");
    }

    @Test
    void drainsAreHeldToWhatRolloutsMayTake() {
        Workload model = workload("budgeted").claim("models").apply(SPEC + "rollout: {maxUnavailable: 2}\n");
        deployment(model);
        var budgets = SERVER.admin.policy().v1().podDisruptionBudget().inNamespace("default");
        patiently().until(() -> budgets.withName("budgeted").get() != null);
        assertThat(budgets.withName("budgeted").get().getSpec().getMaxUnavailable())
                .isEqualTo(new IntOrString(2));
        model.apply(SPEC + "rollout: {maxUnavailable: 25%}\n");
        patiently().untilAsserted(() -> assertThat(
                        budgets.withName("budgeted").get().getSpec().getMaxUnavailable())
                .isEqualTo(new IntOrString("25%")));
    }

    @Test
    void gpusOfADeviceClassAreClaimedFromATemplate() throws IOException {
        Workload model = workload("claimed").claim("models").apply(spec("gpus-by-device-class"));
        String template = deployment(model)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getResourceClaims()
                .getFirst()
                .getResourceClaimTemplateName();
        var claims = SERVER.admin.resources(io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate.class);
        var made = claims.inNamespace("default").withName(template).get();
        assertThat(made.getMetadata().getOwnerReferences()).hasSize(1);
        assertThat(made.getSpec()
                        .getSpec()
                        .getDevices()
                        .getRequests()
                        .getFirst()
                        .getExactly()
                        .getSelectors())
                .hasSize(2);
        String more = spec("gpus-by-device-class").replace("20Gi", "40Gi");
        model.apply(more);
        patiently()
                .until(() -> !template.equals(deployment(model)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getResourceClaims()
                        .getFirst()
                        .getResourceClaimTemplateName()));
        assertThat(claims.inNamespace("default").withName(template).get())
                .as("what pods that serve were made with stays")
                .isNotNull();
    }

    /** The schema says nothing of an affinity: one that cannot be read must take the operator from nobody. */
    @Test
    void anAffinityThatIsNoneIsToldOfAndNobodyElseSuffers() {
        Workload model =
                workload("misplaced").claim("models").apply(SPEC + "scheduling: {affinity: {nodeAffinity: [none]}}\n");
        says(
                model,
                ConditionType.Ready,
                "False UnknownValue: this operator does not know scheduling.affinity.nodeAffinity as it is written");
        Workload other = workload("beside-misplaced").claim("models").apply(SPEC);
        deployment(other);
    }

    private static String spec(String name) throws IOException {
        return YAML.writeValueAsString(YAML.readTree(Path.of("src/test/resources/desired", name, "in.yaml")
                                .toFile())
                        .get("spec"))
                .replaceFirst("^---\n", "");
    }
}
