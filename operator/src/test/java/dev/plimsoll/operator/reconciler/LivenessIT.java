package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A process that cannot see any more ends, so that it is started again. */
@SuppressWarnings("NullAway")
class LivenessIT extends OperatorTest {
    /** An object that no Java type of this version can hold stops the watch of its kind. */
    @Test
    void oneWhoseInformerHasStoppedEnds() throws Exception {
        Workload model = workload("before").claim("models").apply(SPEC);
        says(model, ConditionType.Ready, "False");
        String crd = Files.readString(Path.of("../manifests/base/crds/modeldeployments.plimsoll.dev.yaml"));
        ObjectNode loose = (ObjectNode) new ObjectMapper(new YAMLFactory()).readTree(crd);
        ObjectNode schema = (ObjectNode) loose.at("/spec/versions/0/schema/openAPIV3Schema/properties");
        schema.set(
                "spec",
                new ObjectMapper().readTree("{\"type\": \"object\", \"x-kubernetes-preserve-unknown-fields\": true}"));
        ((ObjectNode) loose.at("/spec/versions/0/schema/openAPIV3Schema")).remove("x-kubernetes-validations");
        SERVER.admin
                .resource(loose.toString())
                .forceConflicts()
                .fieldManager("test")
                .serverSideApply();
        patiently().untilAsserted(() -> SERVER.admin
                .resource(Serialization.unmarshal("""
                        apiVersion: plimsoll.dev/v1alpha1
                        kind: ModelDeployment
                        metadata: {name: unreadable, namespace: default}
                        spec: {model: {uri: "pvc://models/x"}, serving: everything}
                        """, GenericKubernetesResource.class))
                .forceConflicts()
                .fieldManager("test")
                .serverSideApply());
        assertThat(operator.ends()).isEqualTo(1);
        SERVER.admin
                .genericKubernetesResources("plimsoll.dev/v1alpha1", "ModelDeployment")
                .inNamespace("default")
                .withName("unreadable")
                .delete();
        SERVER.admin.resource(crd).forceConflicts().fieldManager("test").serverSideApply();
        startOperator();
    }

    /** Whichever thread it hits: one that goes on without it would go on saying what it said. */
    @Test
    void oneThatRunsOutOfMemoryEnds() throws Exception {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("_JAVA_OPTIONS", "-Xmx64m");
        try (OperatorProcess small = new OperatorProcess(SERVER, "operator-small", settings).started()) {
            assertThat(small.status("/q/health/live")).isEqualTo(200);
            String large = "x".repeat(1 << 19);
            for (int i = 0; i < 100 && small.isAlive(); i++) {
                SERVER.admin
                        .resource(Serialization.unmarshal("""
                                apiVersion: apps/v1
                                kind: Deployment
                                metadata: {name: large-%1$d, namespace: default, labels: {plimsoll.dev/deployment: none}}
                                spec:
                                  replicas: 0
                                  selector: {matchLabels: {app: large}}
                                  template:
                                    metadata: {labels: {app: large}}
                                    spec: {containers: [{name: x, image: x, env: [{name: X, value: %2$s}]}]}
                                """.formatted(i, large), Deployment.class))
                        .create();
            }
            assertThat(small.ends()).as("as ExitOnOutOfMemoryError ends it").isEqualTo(3);
        } finally {
            SERVER.admin
                    .apps()
                    .deployments()
                    .inNamespace("default")
                    .withLabel("plimsoll.dev/deployment", "none")
                    .delete();
        }
    }
}
