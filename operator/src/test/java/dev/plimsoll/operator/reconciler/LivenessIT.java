package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
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
    }
}
