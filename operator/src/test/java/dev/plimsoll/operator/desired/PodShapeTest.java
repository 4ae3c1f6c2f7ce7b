package dev.plimsoll.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two specs have one digest exactly when they mean the same for their pods. */
@SuppressWarnings("NullAway")
class PodShapeTest {
    private static final ObjectMapper YAML = new YAMLMapper();

    /** Each way to say the same, for each meaning: the first of a list is another meaning than the second. */
    private static final Map<String, List<List<String>>> MEANINGS = Map.ofEntries(
            Map.entry("/spec/dtype", List.of(List.of("", "Auto"), List.of("Float16"), List.of("Float32"))),
            Map.entry(
                    "/spec/memory/host", List.of(List.of("8Gi", "8192Mi", "8589934592"), List.of("", "2Gi", "2048Mi"))),
            Map.entry("/spec/memory/gpu", List.of(List.of(""), List.of("1Gi", "1024Mi"))),
            Map.entry("/spec/serving/maxSequences", List.of(List.of("", "8"), List.of("9"))),
            Map.entry("/spec/serving/specialTokensInContent", List.of(List.of("", "Special"), List.of("Literal"))),
            Map.entry("/spec/serving/generationDefaults", List.of(List.of("", "true"), List.of("false"))),
            Map.entry("/spec/gpu/count", List.of(List.of("", "1"), List.of("2"))),
            Map.entry(
                    "/spec/gpu/resourceName",
                    List.of(List.of("", "nvidia.com/gpu"), List.of("plimsoll.dev/emulated-gpu"))),
            Map.entry("/spec/model/servedName", List.of(List.of("", "m"), List.of("other"))),
            Map.entry("/spec/model/directReads", List.of(List.of("", "false"), List.of("true"))),
            Map.entry(
                    "/spec/serving/kvCache",
                    List.of(List.of(""), List.of("Auto"), List.of("4Gi", "4096Mi", "4294967296"))),
            Map.entry("/spec/server/imagePullPolicy", List.of(List.of("", "IfNotPresent"), List.of("Always"))),
            Map.entry("/spec/server/terminationGracePeriodSeconds", List.of(List.of("", "60"), List.of("90"))),
            Map.entry("/spec/server/ephemeralStorage", List.of(List.of(""), List.of("1Gi", "1024Mi"))));

    /** Ways that concern no pod. */
    private static final List<BiConsumer<ObjectNode, Random>> NOTHING = List.of(
            (spec, random) -> spec.put("replicas", random.nextInt(9)),
            (spec, random) -> spec.put("suspend", random.nextBoolean()),
            (spec, random) -> spec.withObject("/rollout").put("paused", random.nextBoolean()),
            (spec, random) -> spec.withObject("/rollout").put("strategy", "Surge"),
            (spec, random) -> spec.withObject("/server").put("image", "x:" + random.nextInt()),
            (spec, random) -> spec.putObject("scheduling").putObject("nodeSelector"),
            (spec, random) -> spec.putObject("podMetadata"),
            (spec, random) -> spec.put("ofTheNextVersion", random.nextInt()),
            (spec, random) -> spec.withObject("/serving").put("ofTheNextVersion", random.nextInt()));

    @Test
    void aDigestIsAMeaning() throws Exception {
        Map<String, String> digestOf = new HashMap<>();
        Map<String, String> meaningOf = new HashMap<>();
        for (int run = 0; run < 4000; run++) {
            Random random = new Random(run);
            ObjectNode model = (ObjectNode) YAML.readTree("""
                    {apiVersion: plimsoll.dev/v1alpha1, kind: ModelDeployment, metadata: {name: m, namespace: n},
                     spec: {model: {uri: "pvc://models/x"}}}""");
            StringBuilder meaning = new StringBuilder();
            MEANINGS.keySet().stream().sorted().forEach(path -> {
                int which = random.nextInt(3) == 0
                        ? random.nextInt(MEANINGS.get(path).size())
                        : 0;
                List<String> ways = MEANINGS.get(path).get(which);
                String value = ways.get(random.nextInt(ways.size()));
                meaning.append(which);
                if (!value.isEmpty()) {
                    int slash = path.lastIndexOf('/');
                    model.withObject(path.substring(0, slash)).put(path.substring(slash + 1), value);
                }
            });
            for (int i = random.nextInt(4); i > 0; i--) {
                NOTHING.get(random.nextInt(NOTHING.size())).accept((ObjectNode) model.get("spec"), random);
            }
            String digest = PodShape.digest(read(model.toString()));
            assertThat(digestOf.getOrDefault(meaning.toString(), digest))
                    .as("run %d: %s", run, model)
                    .isEqualTo(digest);
            assertThat(meaningOf.getOrDefault(digest, meaning.toString()))
                    .as("run %d: %s", run, model)
                    .isEqualTo(meaning.toString());
            digestOf.put(meaning.toString(), digest);
            meaningOf.put(digest, meaning.toString());
        }
        assertThat(digestOf.size()).as("meanings that were seen").isGreaterThan(500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scheduling: {nodeSelector: {disk: ssd}}",
                "scheduling: {tolerations: [{key: x, operator: Exists}]}",
                "podMetadata: {labels: {team: red}}",
                "server: {serviceAccountName: other}",
                "server: {terminationGracePeriodSeconds: 90}",
                "serving: {kvCache: OfTheNextVersion}",
                "serving: {apiKeys: {name: keys}}",
                "placement: {policy: HostOnly}"
            })
    void whatConcernsAPodCounts(String field) {
        String plain = "metadata: {name: m}\nspec: {model: {uri: \"pvc://models/x\"}%s}";
        assertThat(PodShape.digest(read(plain.formatted(", " + field))))
                .isNotEqualTo(PodShape.digest(read(plain.formatted(""))));
    }

    @Test
    void theOrderOfWhatHasNoneDoesNotCount() {
        String first = "[{key: a, operator: Exists}, {key: b, operator: Exists}]";
        String second = "[{key: b, operator: Exists}, {key: a, operator: Exists}]";
        String plain = "metadata: {name: m}\nspec: {model: {uri: \"pvc://models/x\"}, scheduling: {tolerations: %s}}";
        assertThat(PodShape.digest(read(plain.formatted(first))))
                .isEqualTo(PodShape.digest(read(plain.formatted(second))));
    }

    @Test
    void aRestartThatIsAskedForCounts() {
        String plain = "metadata: {name: m%s}\nspec: {model: {uri: \"pvc://models/x\"}}";
        String restarted = ", annotations: {plimsoll.dev/restartedAt: \"2026-01-01T00:00:00Z\"}";
        assertThat(PodShape.digest(read(plain.formatted(restarted))))
                .isNotEqualTo(PodShape.digest(read(plain.formatted(""))));
        assertThat(PodShape.digest(read(plain.formatted(", annotations: {other: x}"))))
                .isEqualTo(PodShape.digest(read(plain.formatted(""))));
    }

    private static ModelDeployment read(String yaml) {
        return Serialization.unmarshal(yaml, ModelDeployment.class);
    }
}
