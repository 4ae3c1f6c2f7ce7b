package dev.plimsoll.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What a change of each field of the spec does to the objects of a deployment: tried, and written down as a table in
 * docs/rollouts.md. The fields are the schema's: one that nobody has tried fails here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChangesTest {
    private static final Path CRD = Path.of("../manifests/base/crds/modeldeployments.plimsoll.dev.yaml");
    private static final Path TRIED = Path.of("src/test/resources/desired/changes.yaml");
    private static final Path DOC = Path.of("../docs/rollouts.md");
    private static final String BEGIN = "<!-- the table: written by ChangesTest with -Dplimsoll.update=true -->\n";
    private static final String END = "<!-- end of the table -->\n";
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final OperatorConfig CONFIG = new SmallRyeConfigBuilder()
            .withMapping(OperatorConfig.class)
            .build()
            .getConfigMapping(OperatorConfig.class);

    private final Map<String, Effect> effects = new TreeMap<>();
    private JsonNode tried;

    /** What there is of a deployment that is not there, or is there otherwise, once a field is changed. */
    private record Effect(boolean pods, boolean replicas, Set<String> others) {
        String inWords() {
            return pods ? "replaced" : replicas ? "more or fewer" : "stay";
        }
    }

    @BeforeAll
    void tryEach() throws IOException {
        tried = YAML.readTree(TRIED.toFile());
        for (var change : tried.path("changes").properties()) {
            ObjectNode base = tried.path("base").deepCopy();
            merge(base, change.getValue().path("from"));
            ObjectNode changed = base.deepCopy();
            merge(changed, change.getValue().path("to"));
            assertThat(changed).as(change.getKey()).isNotEqualTo(base);
            effects.put(change.getKey(), between(objects(base), objects(changed)));
        }
    }

    @Test
    void everyFieldOfTheSchemaIsTriedAndNoOther() throws IOException {
        List<String> fields = new ArrayList<>();
        collect("", YAML.readTree(CRD.toFile()).at("/spec/versions/0/schema/openAPIV3Schema/properties/spec"), fields);
        assertThat(effects.keySet()).containsExactlyInAnyOrderElementsOf(fields);
        for (String field : fields) {
            JsonNode to = tried.path("changes").path(field).path("to");
            assertThat(to.at("/" + field.replace('.', '/')).isMissingNode())
                    .as("what is tried under " + field + " changes something else")
                    .isFalse();
        }
    }

    /** What a pod is not made from takes no pod away, and nothing else does but these. */
    @Test
    void onlyWhatAPodIsMadeFromReplacesIt() {
        assertThat(effects.entrySet().stream()
                        .filter(effect -> !effect.getValue().pods())
                        .map(Map.Entry::getKey))
                .containsExactlyInAnyOrder(
                        "replicas",
                        "suspend",
                        "rollout.strategy",
                        "rollout.maxUnavailable",
                        "rollout.onOperatorUpgrade",
                        "rollout.progressDeadlineSeconds",
                        "rollout.rollback",
                        "rollout.paused");
    }

    @Test
    void theDocumentationShowsTheTable() throws IOException {
        String doc = Files.readString(DOC);
        int begin = doc.indexOf(BEGIN) + BEGIN.length();
        int end = doc.indexOf(END);
        assertThat(begin).isGreaterThan(BEGIN.length());
        String table = "| Field | Pods that serve | Other objects that change |\n|---|---|---|\n"
                + effects.entrySet().stream()
                        .map(effect -> "| `" + effect.getKey() + "` | "
                                + effect.getValue().inWords() + " | "
                                + String.join(", ", effect.getValue().others()) + " |\n")
                        .collect(Collectors.joining());
        if (Boolean.getBoolean("plimsoll.update")) {
            Files.writeString(DOC, doc.substring(0, begin) + table + doc.substring(end));
        }
        assertThat(Files.readString(DOC).substring(begin)).startsWith(table + END);
    }

    private static Effect between(List<HasMetadata> before, List<HasMetadata> after) {
        Deployment had = deployment(before);
        Deployment has = deployment(after);
        Map<String, HasMetadata> old = byName(before);
        Set<String> others = new TreeSet<>();
        byName(after).forEach((name, object) -> {
            if (!(object instanceof Deployment) && !object.equals(old.get(name))) {
                others.add(object.getKind());
            }
        });
        return new Effect(
                !had.getSpec().getTemplate().equals(has.getSpec().getTemplate()),
                !had.getSpec().getReplicas().equals(has.getSpec().getReplicas()),
                others);
    }

    private static Map<String, HasMetadata> byName(List<HasMetadata> objects) {
        return objects.stream()
                .collect(Collectors.toMap(
                        object -> object.getKind() + " " + object.getMetadata().getName(), Function.identity()));
    }

    private static Deployment deployment(List<HasMetadata> objects) {
        return objects.stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static List<HasMetadata> objects(JsonNode spec) {
        ObjectNode model = new ObjectMapper().createObjectNode();
        model.put("apiVersion", "plimsoll.dev/v1alpha1").put("kind", "ModelDeployment");
        model.putObject("metadata").put("name", "m").put("namespace", "models").put("uid", "m-uid");
        model.set("spec", spec);
        ModelDeployment asked = Serialization.unmarshal(model.toString(), ModelDeployment.class);
        String image =
                Objects.requireNonNullElse(asked.getSpec().serverOrDefault().image(), CONFIG.serverImage());
        return DesiredObjects.of(
                        asked,
                        DesiredObjects.template(asked, CONFIG, image, PodShape.digest(asked))
                                .map(template -> new ActiveRevision(template, false, false)))
                .all();
    }

    private static void merge(ObjectNode into, JsonNode patch) {
        patch.properties().forEach(field -> {
            if (field.getValue() instanceof ObjectNode inner
                    && !field.getKey().equals("affinity")
                    && !field.getKey().equals("nodeSelector")) {
                merge(into.withObject("/" + field.getKey()), inner);
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }

    /** Fields that hold a value, a list or a map; below a list there is one. */
    private static void collect(String path, JsonNode schema, List<String> fields) {
        for (var property : schema.path("properties").properties()) {
            String name = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
            if (property.getValue().has("properties")) {
                collect(name, property.getValue(), fields);
            } else {
                fields.add(Objects.requireNonNull(name));
            }
        }
    }
}
