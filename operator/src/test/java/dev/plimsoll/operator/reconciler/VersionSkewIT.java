package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Objects and reports of the next version beside those of this one: each is told of for what it is, and no other. */
@SuppressWarnings("NullAway")
class VersionSkewIT extends OperatorTest {
    @Test
    void valuesOfTheNextVersionConcernOnlyTheirOwnObject() throws Exception {
        Workload healthy = workload("healthy").claim("models").apply(SPEC);
        deployment(healthy);
        Pod pod = healthy.pod("a");
        ReplicaProcess process = process();
        serve(healthy, pod, process);

        Workload judged = judgedByTheNextVersion();
        Workload reported = workload("reported").apply(SPEC);
        deployment(reported);
        Pod reporting = reported.pod("a");
        ReplicaProcess later = process();
        later.says(Workload.report(reporting, "Compiling", "Float32")
                .replace("\"Host\"", "\"Npu\"")
                .replace("\"Process\"", "\"Counter\""));
        reported.runs(reporting, later, true, "{}");
        newerCrd();
        Workload asked = workload("asked");
        patiently().ignoreExceptions().untilAsserted(() -> SERVER.admin
                .resource(Serialization.unmarshal("""
                        apiVersion: plimsoll.dev/v1alpha1
                        kind: ModelDeployment
                        metadata: {name: asked, namespace: default}
                        spec: {model: {uri: "pvc://models/x"}, dtype: Float8, placement: {policy: Telepathic}, memory: {host: 1Gi}}
                        """, GenericKubernetesResource.class))
                .forceConflicts()
                .fieldManager("user")
                .serverSideApply());

        for (int start = 0; start < 2; start++) {
            says(asked, ConditionType.Ready, "False UnknownValue");
            says(asked, ConditionType.Stalled, "True UnknownValue");
            assertThat(asked.condition(ConditionType.Ready)).contains("Float8");
            assertThat(asked.deployment())
                    .as("nothing is made of what is not understood")
                    .isNull();
            says(reported, ConditionType.Ready, "Unknown UnknownValue: pod reported-a reports phase Compiling");
            says(judged, ConditionType.Ready, "False Starting");
            says(healthy, ConditionType.Ready, "True AsSpecified");
            assertThat(operator.status("/q/health/live")).isEqualTo(200);

            process.says(Workload.report(pod, "Draining", "Float32"));
            says(healthy, ConditionType.Ready, "False");
            process.says(Workload.report(pod, "Serving", "Float32"));
            says(healthy, ConditionType.Ready, "True AsSpecified");
            if (start == 0) {
                restartOperator();
            }
        }
        long generation = judged.resource().get().getMetadata().getGeneration();
        judged.resource().scale(3);
        patiently().until(() -> judged.status().observedGeneration() == generation + 1);
    }

    /** A status with reasons, types, phases and fields that this version does not know. */
    private static Workload judgedByTheNextVersion() {
        Workload model = workload("judged").apply(SPEC);
        says(model, ConditionType.Ready, "False Starting");
        model.resource().subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), """
                status:
                  later: {field: [1, 2]}
                  conditions:
                  - {type: Ready, status: "True", reason: Quantised, message: x, lastTransitionTime: "2026-01-01T00:00:00Z"}
                  - {type: Blessed, status: "True", reason: ByTheOracle, message: x, lastTransitionTime: "2026-01-01T00:00:00Z"}
                  pods:
                  - name: judged-x
                    uid: gone
                    phase: Compiling
                    since: "2026-01-01T00:00:00Z"
                    devices: [{name: "npu:0", kind: Npu, modules: [x]}]
                """);
        return model;
    }

    /** One that has another dtype and another policy. */
    private static void newerCrd() throws IOException {
        String crd = Files.readString(Path.of("../manifests/base/crds/modeldeployments.plimsoll.dev.yaml"));
        ObjectNode newer = (ObjectNode) new ObjectMapper(new YAMLFactory()).readTree(crd);
        String spec = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
        ((ArrayNode) newer.at(spec + "/dtype/enum")).add("Float8");
        ((ArrayNode) newer.at(spec + "/placement/properties/policy/enum")).add("Telepathic");
        SERVER.admin
                .resource(newer.toString())
                .forceConflicts()
                .fieldManager("test")
                .serverSideApply();
    }
}
