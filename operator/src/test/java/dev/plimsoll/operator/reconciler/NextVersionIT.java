package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A CRD that serves and stores {@code v1beta1} beside {@code v1alpha1}: what was stored, what owns what and what was said
 * survive, and an operator that knows the older version alone goes on.
 */
@SuppressWarnings("NullAway")
class NextVersionIT extends OperatorTest {
    private static final String CRD =
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/modeldeployments.plimsoll.dev";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aFieldThatIsCalledOtherwiseIsConvertedByAWebhook() throws Exception {
        try (RenamingWebhook webhook = new RenamingWebhook("v1beta1", "dtype", "elementType")) {
            JsonNode next = throughABump("renamed", webhook, "elementType");
            assertThat(next.at("/spec/elementType").asText()).isEqualTo("Float32");
            assertThat(next.path("spec").has("dtype")).isFalse();
            assertThat(webhook.converted()).isPositive();
        }
    }

    @Test
    void theSameFieldsAreConvertedByKubernetesItself() throws Exception {
        JsonNode next = throughABump("same-fields", null, "dtype");
        assertThat(next.at("/spec/dtype").asText()).isEqualTo("Float32");
    }

    /** The object in the newer version, after everything that may be done to it. */
    private JsonNode throughABump(String name, @Nullable RenamingWebhook webhook, String field) throws Exception {
        Workload model = workload(name).claim("models").apply(SPEC);
        Deployment made = deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        serve(model, pod, process);
        JsonNode before = object("v1alpha1", name);
        ObjectNode crd = (ObjectNode) get(CRD);
        try {
            serveAndStoreNext(webhook, field);
            patiently().ignoreException(KubernetesClientException.class).until(() -> object("v1beta1", name) != null);
            JsonNode next = object("v1beta1", name);
            assertThat(next.path("status")).isEqualTo(before.path("status"));
            assertThat(next.at("/metadata/uid")).isEqualTo(before.at("/metadata/uid"));
            assertThat(next.at("/metadata/generation")).isEqualTo(before.at("/metadata/generation"));

            // Written in the newer version, it is stored in it; the operator reads the older one.
            ((ObjectNode) next.path("spec")).put("replicas", 2);
            put("/apis/plimsoll.dev/v1beta1/namespaces/default/modeldeployments/" + name, next);
            patiently().until(() -> deployment(model).getSpec().getReplicas() == 2);
            says(model, ConditionType.Ready, "True ScalingUp");
            assertThat(get(CRD).at("/status/storedVersions").toString()).isEqualTo("[\"v1alpha1\",\"v1beta1\"]");

            // An operator that starts among such objects, and owner references that the newer version wrote.
            restartOperator();
            model.ownedInVersion("v1beta1");
            process.says(Workload.report(pod, "Draining", "Float32"));
            says(model, ConditionType.Ready, "False");
            process.says(Workload.report(pod, "Serving", "Float32"));
            says(model, ConditionType.Available, "True");
            model.resource().scale(1);
            patiently().until(() -> deployment(model).getSpec().getReplicas() == 1);
            says(model, ConditionType.Ready, "True AsSpecified");
            assertThat(deployment(model).getMetadata().getUid())
                    .isEqualTo(made.getMetadata().getUid());
            assertThat(deployment(model).getSpec().getTemplate())
                    .isEqualTo(made.getSpec().getTemplate());
            return object("v1beta1", name);
        } finally {
            model.resource().delete();
            storeBefore(crd);
        }
    }

    private static void serveAndStoreNext(@Nullable RenamingWebhook webhook, String field) throws Exception {
        ObjectNode crd = (ObjectNode) get(CRD);
        ArrayNode versions = crd.withArray("/spec/versions");
        ObjectNode next = versions.get(0).deepCopy();
        next.put("name", "v1beta1");
        ObjectNode fields = (ObjectNode) next.at("/schema/openAPIV3Schema/properties/spec/properties");
        fields.set(field, fields.remove("dtype"));
        ((ObjectNode) versions.get(0)).put("storage", false);
        versions.add(next);
        if (webhook != null) {
            crd.withObject("/spec").set("conversion", webhook.conversion());
        }
        put(CRD, crd);
    }

    /** No object of the newer version is left: it may be forgotten. */
    private static void storeBefore(ObjectNode before) throws Exception {
        ObjectNode crd = (ObjectNode) get(CRD);
        ((ObjectNode) crd.at("/spec/versions/0")).put("storage", true);
        ((ObjectNode) crd.at("/spec/versions/1")).put("storage", false);
        put(CRD, crd);
        ObjectNode stored = (ObjectNode) get(CRD);
        stored.withObject("/status").putArray("storedVersions").add("v1alpha1");
        put(CRD + "/status", stored);
        ObjectNode only = (ObjectNode) get(CRD);
        only.set("spec", before.path("spec"));
        put(CRD, only);
    }

    private static JsonNode object(String version, String name) throws Exception {
        return get("/apis/plimsoll.dev/" + version + "/namespaces/default/modeldeployments/" + name);
    }

    private static JsonNode get(String path) throws Exception {
        return JSON.readTree(Objects.requireNonNull(SERVER.admin.raw(path), path));
    }

    private static void put(String path, JsonNode object) {
        SERVER.admin.raw(path, "PUT", object);
    }
}
