package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A CRD of the next version has one more dtype, and somebody uses it: that one alone is not understood. */
@Isolated
class NewerCrdE2E {
    private static final String NEW = "Float8";

    @Test
    void whatThisOperatorDoesNotKnowStopsNothingElse() throws Exception {
        try (Topology it = new Topology("e2e-newer-crd")) {
            Operator operator = new Operator(it.cluster().client());
            operator.awaitAllReady();
            it.serve();
            List<String> before = runs(operator);
            dtypes(it.cluster(), known -> {
                List<JsonNode> more = new ArrayList<>(known);
                more.add(new ObjectMapper().valueToTree(NEW));
                return more;
            });
            try (Journal newer = new Journal(it.cluster(), "newer")) {
                applyNewer(it);
                Seen told = newer.await(
                        "that it is told", seen -> seen.message("Ready").contains(NEW));
                assertThat(told.is("Ready", "True")).isFalse();
                assertThat(told.isCurrent()).isTrue();
                assertThat(told.reason("Ready")).isEqualTo("UnknownValue");
                assertThat(Kubectl.row(it.cluster(), "newer")).contains("UnknownValue");

                Instant edited = Instant.now();
                it.cluster().model("model").scale(0);
                it.journal()
                        .timed(
                                "beside an object of a newer version: scaled",
                                edited,
                                seen -> seen.generation() == 2 && seen.is("Ready", "True", "ScaledToZero"));

                // A start reads everything that is stored.
                operator.kill(operator.leader());
                operator.awaitAllReady();
                it.cluster().model("model").scale(1);
                it.journal()
                        .await(
                                "Ready by an operator that began beside it",
                                seen -> seen.generation() == 3 && seen.is("Ready", "True", "AsSpecified"));
                assertThat(runs(operator)).as("the other operator's runs").containsAnyElementsOf(before);
            } finally {
                Kubectl.run(it.cluster(), "delete", "mdep", "newer", "--ignore-not-found");
                dtypes(it.cluster(), more -> more.stream()
                        .filter(dtype -> !dtype.asText().equals(NEW))
                        .toList());
            }
        }
    }

    /** As a client of that version does, without the records of this one. */
    private static void applyNewer(Topology it) throws Exception {
        Path file = Files.createTempFile("newer", ".yaml");
        Files.writeString(
                file,
                "apiVersion: plimsoll.dev/v1alpha1\nkind: ModelDeployment\nmetadata: {name: newer}\nspec:\n"
                        + it.model().spec().replace("Float32", NEW).indent(2) + "  replicas: 0\n");
        Kubectl.run(it.cluster(), "apply", "--server-side", "-f", file.toString());
        Files.delete(file);
    }

    private static void dtypes(Cluster cluster, UnaryOperator<List<JsonNode>> change) {
        Resource<CustomResourceDefinition> crd = cluster.client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("modeldeployments.plimsoll.dev");
        crd.edit(stored -> {
            JSONSchemaProps dtype = stored.getSpec()
                    .getVersions()
                    .getFirst()
                    .getSchema()
                    .getOpenAPIV3Schema()
                    .getProperties()
                    .get("spec")
                    .getProperties()
                    .get("dtype");
            dtype.setEnum(change.apply(dtype.getEnum()));
            return stored;
        });
    }

    /** Each operator's pod and how often its container was started. */
    private static List<String> runs(Operator operator) {
        return operator.pods().stream()
                .map(pod -> pod.getMetadata().getName() + " "
                        + pod.getStatus().getContainerStatuses().getFirst().getRestartCount())
                .toList();
    }
}
