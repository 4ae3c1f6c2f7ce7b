package dev.plimsoll.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The committed CRD is the one that the records say, and says what users rely on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrdTest {
    static final Path COMMITTED = Path.of("../manifests/base/crds/modeldeployments.plimsoll.dev.yaml");

    private String generated;
    private JsonNode version;

    @BeforeAll
    void generate() throws IOException {
        generated = CrdYaml.generate();
        version = new YAMLMapper().readTree(generated).at("/spec/versions/0");
    }

    @Test
    void theCommittedFileIsWhatTheRecordsSay() throws IOException {
        if (Boolean.getBoolean("plimsoll.update")) {
            Files.createDirectories(COMMITTED.getParent());
            Files.writeString(COMMITTED, generated);
        }
        assertThat(COMMITTED)
                .as(
                        "%s differs from the records: run `mvn -pl crds test -Dplimsoll.update=true` and review the change",
                        COMMITTED.normalize())
                .exists()
                .content()
                .isEqualTo(generated);
    }

    @Test
    void itStaysSmallEnoughToRead() {
        assertThat(generated.lines().count()).isLessThan(1100);
    }

    @Test
    void kubectlFindsItByItsNames() throws IOException {
        var names = new YAMLMapper().readTree(generated).at("/spec/names");
        assertThat(names.get("kind").asText()).isEqualTo("ModelDeployment");
        assertThat(names.get("listKind").asText()).isEqualTo("ModelDeploymentList");
        assertThat(names.get("singular").asText()).isEqualTo("modeldeployment");
        assertThat(names.get("shortNames")).extracting(JsonNode::asText).containsExactly("mdep");
        assertThat(names.get("categories")).extracting(JsonNode::asText).containsExactly("plimsoll");
    }

    @Test
    void columnsComeInTheOrderInWhichTheyAreRead() {
        assertThat(version.get("additionalPrinterColumns"))
                .filteredOn(column -> !column.has("priority"))
                .extracting(column -> column.get("name").asText())
                .containsExactly("Ready", "Reason", "Replicas", "Placement", "GPU-Mem", "Host-Mem", "Dtype", "Age");
        assertThat(version.get("additionalPrinterColumns"))
                .filteredOn(column -> column.has("priority"))
                .extracting(column -> column.get("name").asText())
                .containsExactly("Model", "URL", "Load-Time");
    }

    @Test
    void theScaleSubresourceReadsSpecAndStatus() {
        var scale = version.at("/subresources/scale");
        assertThat(scale.get("specReplicasPath").asText()).isEqualTo(".spec.replicas");
        assertThat(scale.get("statusReplicasPath").asText()).isEqualTo(".status.replicas");
        assertThat(scale.get("labelSelectorPath").asText()).isEqualTo(".status.selector");
        assertThat(version.at("/subresources").has("status")).isTrue();
    }

    /** An object needs a default of its own: without it the defaults of its fields are never applied. */
    @Test
    void everyObjectWithDefaultsInsideHasOne() {
        var spec = version.at("/schema/openAPIV3Schema/properties/spec/properties");
        assertThat(spec.at("/placement/default").isObject()).isTrue();
        assertThat(spec.at("/memory/default").isObject()).isTrue();
        assertThat(spec.at("/serving/default").isObject()).isTrue();
        assertThat(spec.at("/model/properties/directReads/default").isBoolean()).isTrue();
        assertThat(spec.at("/model/properties/directReads/default").asBoolean()).isFalse();
        assertThat(spec.at("/memory/properties/host/default").asText()).isEqualTo("2Gi");
        assertThat(spec.at("/placement/properties/policy/default").asText()).isEqualTo("GpuOnly");
        assertThat(spec.at("/serving/properties/maxSequences/default").asInt()).isEqualTo(8);
        assertThat(spec.at("/replicas/default").asInt()).isEqualTo(1);
        assertThat(spec.at("/dtype/default").asText()).isEqualTo("Auto");
        assertThat(spec.at("/gpu").has("default")).isFalse();
        assertThat(spec.at("/rollout").has("default")).isFalse();
        assertThat(spec.at("/rollout/properties/maxUnavailable/default").asInt())
                .isEqualTo(1);
    }

    @Test
    void everyRuleIsThereOnceWithAMessage() {
        var rules = version.findValues("x-kubernetes-validations").stream()
                .flatMap(list -> StreamSupport.stream(list.spliterator(), false))
                .toList();
        assertThat(rules).extracting(rule -> rule.get("rule").asText()).doesNotHaveDuplicates();
        assertThat(rules)
                .allSatisfy(rule -> assertThat(rule.get("message").asText()).isNotBlank());
        assertThat(rules).hasSize(33);
    }

    /** What pods are made from: a default that a newer schema adds would be a change of every stored spec. */
    @Test
    void whatPodsNeedHasNoDefaultInTheSchema() {
        var spec = version.at("/schema/openAPIV3Schema/properties/spec/properties");
        for (String object : List.of("server", "podMetadata", "suspend")) {
            var fields = fields(object, spec.get(object));
            assertThat(spec.get(object).has("default")).as(object).isFalse();
            fields.forEach((path, field) -> {
                if (!path.equals("server.caBundle.key")) {
                    assertThat(field.has("default")).as(path).isFalse();
                }
            });
        }
    }

    /** {@code kubectl explain mdep --recursive} and the reference have no empty line. */
    @Test
    void everyFieldIsDescribed() {
        var fields = fields("", version.at("/schema/openAPIV3Schema"));
        assertThat(fields)
                .hasSizeGreaterThan(150)
                .containsKeys(
                        ".spec.memory.perGpu.limit",
                        ".spec.scheduling.tolerations.effect",
                        ".status.pods.devices.measured.kvCache",
                        ".status.conditions.reason");
        fields.forEach((path, field) -> assertThat(field.path("description").asText())
                .as(path)
                .isNotBlank()
                .endsWith("."));
    }

    @Test
    void everyIntegerSaysHowLongItIs() {
        var fields = fields("", version.at("/schema/openAPIV3Schema"));
        assertThat(fields).hasEntrySatisfying(".status.observedGeneration", field -> format(field, "int64"));
        assertThat(fields).hasEntrySatisfying(".spec.replicas", field -> format(field, "int32"));
        fields.forEach((path, field) -> {
            if (field.path("type").asText().equals("integer")) {
                assertThat(field.path("format").asText()).as(path).startsWith("int");
            }
        });
    }

    private static void format(JsonNode field, String format) {
        assertThat(field.path("format").asText()).isEqualTo(format);
    }

    /** A status of another version's operator is stored, whatever words it uses. */
    @Test
    void noWordOfTheStatusIsClosed() {
        var status = fields("status", version.at("/schema/openAPIV3Schema/properties/status"));
        assertThat(status).containsKeys("status.conditions.reason", "status.pods.phase");
        assertThat(status.entrySet().stream()
                        .filter(field -> field.getValue().has("enum"))
                        .map(Map.Entry::getKey))
                .containsExactly("status.conditions.status");
    }

    /** Before an operator has looked, tools that wait must not take silence for success. */
    @Test
    void whatNobodyHasSeenIsNotCurrent() {
        assertThat(version.at("/schema/openAPIV3Schema/properties/status/default")
                        .toString())
                .isEqualTo("{\"observedGeneration\":-1}");
    }

    @Test
    void serverSideApplyMergesListsByKeyWherePeopleWriteThem() {
        var status = version.at("/schema/openAPIV3Schema/properties/status/properties");
        var spec = version.at("/schema/openAPIV3Schema/properties/spec/properties");
        assertThat(key(spec.at("/placement/properties/map"))).isEqualTo("module");
        assertThat(key(spec.at("/memory/properties/perGpu"))).isEqualTo("index");
        assertThat(key(status.get("conditions"))).isEqualTo("type");
    }

    /** Lists that the operator alone writes: an entry in managedFields for each leaf would double the object. */
    @Test
    void listsOfOneWriterAreAtomic() {
        var status = fields("status", version.at("/schema/openAPIV3Schema/properties/status"));
        status.forEach((path, field) -> {
            if (field.path("type").asText().equals("array") && !path.equals("status.conditions")) {
                assertThat(field.path("x-kubernetes-list-type").asText())
                        .as(path)
                        .isEqualTo("atomic");
            }
        });
        assertThat(status).containsKeys("status.pods", "status.pods.devices", "status.plan.devices");
    }

    /** Every property below {@code schema} by its path; the items of a list go by the list's. */
    private static Map<String, JsonNode> fields(String path, JsonNode schema) {
        Map<String, JsonNode> found = new LinkedHashMap<>();
        schema.path("properties").properties().forEach(field -> {
            var name = path + "." + field.getKey();
            found.put(name, field.getValue());
            found.putAll(fields(name, field.getValue()));
            found.putAll(fields(name, field.getValue().path("items")));
        });
        return found;
    }

    private static String key(JsonNode list) {
        assertThat(list.get("x-kubernetes-list-type").asText()).isEqualTo("map");
        return list.at("/x-kubernetes-list-map-keys/0").asText();
    }
}
