package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A cluster whose CRD was not upgraded with the operator: the API server drops what that CRD does not know. */
@SuppressWarnings("NullAway")
class OlderCrdIT extends OperatorTest {
    @Test
    void whatItKeepsIsTrueAndIsNotWrittenAgainAndAgain() throws Exception {
        Workload model = workload("older").claim("models").apply(SPEC);
        deployment(model);
        olderCrd();
        restartOperator();
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        serve(model, pod, process);
        says(model, ConditionType.ModelLoaded, "True");
        assertThat(model.status().reachedReplicas()).as("unknown to this CRD").isNull();

        int settled = writes();
        int asked = process.timesAsked();
        patiently().until(() -> process.timesAsked() > asked + 30);
        assertThat(writes()).isEqualTo(settled);

        process.says(Workload.report(pod, "Draining", "Float32"));
        says(model, ConditionType.Ready, "False");
        process.says(Workload.report(pod, "Serving", "Float32"));
        says(model, ConditionType.Ready, "True AsSpecified");

        SERVER.admin
                .resource(Files.readString(Path.of("../manifests/base/crds/modeldeployments.plimsoll.dev.yaml")))
                .forceConflicts()
                .fieldManager("test")
                .serverSideApply();
        process.says(Workload.report(pod, "Draining", "Float32"));
        says(model, ConditionType.Ready, "False");
        process.says(Workload.report(pod, "Serving", "Float32"));
        patiently().untilAsserted(() -> assertThat(model.status().reachedReplicas())
                .isEqualTo(1));
        says(model, ConditionType.Ready, "True AsSpecified");
    }

    private static int writes() {
        return (int) SERVER.audit.requests().stream()
                .filter(request -> request.resource().equals("plimsoll.dev/modeldeployments/status"))
                .count();
    }

    private static void olderCrd() {
        SERVER.admin
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("modeldeployments.plimsoll.dev")
                .edit(crd -> {
                    Map<String, JSONSchemaProps> root = root(crd);
                    Map<String, JSONSchemaProps> status = root.get("status").getProperties();
                    List.of("reachedReplicas", "terminatingReplicas", "failedPods", "hiddenPods")
                            .forEach(status::remove);
                    Map<String, JSONSchemaProps> pods =
                            status.get("pods").getItems().getSchema().getProperties();
                    List.of("current", "since", "uid").forEach(pods::remove);
                    root.get("spec")
                            .getProperties()
                            .get("serving")
                            .getProperties()
                            .remove("specialTokensInContent");
                    return crd;
                });
    }

    private static Map<String, JSONSchemaProps> root(CustomResourceDefinition crd) {
        return crd.getSpec()
                .getVersions()
                .getFirst()
                .getSchema()
                .getOpenAPIV3Schema()
                .getProperties();
    }
}
