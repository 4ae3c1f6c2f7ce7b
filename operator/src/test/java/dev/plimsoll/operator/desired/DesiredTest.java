package dev.plimsoll.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From {@code in.yaml} to {@code out.yaml}: the folder's name says what is special. */
class DesiredTest {
    private static final Path CASES = Path.of("src/test/resources/desired");
    private static final OperatorConfig CONFIG = new SmallRyeConfigBuilder()
            .withMapping(OperatorConfig.class)
            .withDefaultValues(Map.of("plimsoll.file-root", "/srv/models"))
            .build()
            .getConfigMapping(OperatorConfig.class);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host-only-from-a-claim",
                "gpu-with-scheduling",
                "emulated-gpus",
                "from-a-node-folder",
                "offload-to-disk",
                "custom-map",
                "with-api-keys",
                "every-field",
                "gpus-by-node-labels",
                "gpus-by-device-class"
            })
    void objects(String name) throws IOException {
        ModelDeployment model = read(CASES.resolve(name).resolve("in.yaml"));
        PodTemplateSpec template = DesiredObjects.template(model, CONFIG, CONFIG.serverImage(), "0123456789ab")
                .orElseThrow();
        String made = DesiredObjects.of(model, Optional.of(new ActiveRevision(template, false, false))).all().stream()
                .map(Serialization::asYaml)
                .collect(Collectors.joining());
        expect(
                CASES.resolve(name).resolve("plan.yaml"),
                Serialization.asYaml(PlanningPod.of(model, "0123456789ab", template, "")));
        expect(CASES.resolve(name).resolve("out.yaml"), made);
    }

    private static void expect(Path golden, String made) throws IOException {
        if (Boolean.getBoolean("plimsoll.update")) {
            Files.writeString(golden, made);
        }
        assertThat(Files.readString(golden))
                .as("-Dplimsoll.update=true rewrites " + golden)
                .isEqualTo(made);
    }

    @Test
    void whatDoesNotConcernAPodReplacesNone() throws IOException {
        String yaml = Files.readString(CASES.resolve("host-only-from-a-claim/in.yaml"));
        String hash = hash(yaml);
        assertThat(hash(yaml.replace("replicas: 2", "replicas: 5"))).isEqualTo(hash);
        assertThat(hash(yaml.replace("dtype: Float32", "dtype: Float16"))).isNotEqualTo(hash);
        assertThat(hash(yaml.replace("host: 1280Mi", "host: 2Gi"))).isNotEqualTo(hash);
        assertThat(hash(yaml.replace("smollm2}", "smollm2, directReads: true}")))
                .isNotEqualTo(hash);
        assertThat(hash(yaml.replace("smollm2}", "smollm2, directReads: false}")))
                .isEqualTo(hash);
    }

    @Test
    void anAmountInOtherWordsReplacesNone() throws IOException {
        String yaml = Files.readString(CASES.resolve("offload-to-disk/in.yaml"));
        String eight = yaml.replaceAll("host: [^,}]+", "host: 8Gi");
        assertThat(hash(eight.replace("host: 8Gi", "host: 8192Mi"))).isEqualTo(hash(eight));
        assertThat(hash(eight.replace("host: 8Gi", "host: 8193Mi"))).isNotEqualTo(hash(eight));
    }

    @ParameterizedTest
    @CsvSource({
        "1.5Gi, 1536Mi",
        "8192Mi, 8Gi",
        "1000Mi, 1000Mi",
        "0.5Gi, 512Mi",
        "512, 512",
        "0.5Ki, 512",
        "1000000000, 1G",
        "1500M, 1500M",
        "1e9, 1e9",
        "1.5k, 1500",
        "1073741824, 1073741824"
    })
    void bytesAreWrittenAsTheApiServerKeepsThem(String given, String kept) {
        assertThat(Canonical.bytes(new Quantity(given)).toString()).isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource({"500m, 500m", "0.5, 500m", "1, 1", "1000m, 1", "2.5, 2500m", "1500m, 1500m", "2000, 2k"})
    void cpusAreWrittenAsTheApiServerKeepsThem(String given, String kept) {
        assertThat(Canonical.cpu(new Quantity(given)).toString()).isEqualTo(kept);
    }

    @Test
    void schedulingThatSaysNothingReplacesNone() throws IOException {
        String yaml = Files.readString(CASES.resolve("host-only-from-a-claim/in.yaml"));
        for (String nothing : List.of("{}", "{nodeSelector: {}}", "{nodeSelector: {}, tolerations: []}")) {
            assertThat(hash(yaml + "  scheduling: " + nothing + "\n"))
                    .as(nothing)
                    .isEqualTo(hash(yaml));
        }
        assertThat(hash(yaml + "  scheduling: {nodeSelector: {disk: ssd}}\n")).isNotEqualTo(hash(yaml));
    }

    /** What was deployed stays where it is; a node of another architecture is for who asks for one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | amd64",
                "{nodeSelector: {kubernetes.io/arch: arm64}} | ",
                "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms:"
                        + " [{matchExpressions: [{key: kubernetes.io/arch, operator: Exists}]}]}}}} | ",
                "{affinity: {podAffinity: {}}} | amd64"
            })
    void nodesOfAnotherArchitectureAreForWhoNamesThem(String scheduling, @Nullable String architecture)
            throws IOException {
        String yaml = Files.readString(CASES.resolve("host-only-from-a-claim/in.yaml"));
        ModelDeployment model =
                Serialization.unmarshal(yaml + "  scheduling: " + scheduling + "\n", ModelDeployment.class);
        assertThat(Serialization.asYaml(Objects.requireNonNullElseGet(
                                new NodeChoice(model.getSpec()).affinity(), Affinity::new))
                        .contains("\"amd64\""))
                .isEqualTo(architecture != null);
    }

    @Test
    void aPauseADrainAndAnEndFitInTheGracePeriod() throws IOException {
        ModelDeployment model = read(CASES.resolve("every-field/in.yaml"));
        assertThat(Ending.drainSeconds(model.getSpec())).isEqualTo(105);
        assertThat(Ending.drainSeconds(read(CASES.resolve("custom-map/in.yaml")).getSpec()))
                .isEqualTo(45);
    }

    @Test
    void onlyWhatIsAllowedIsALocation() {
        assertThat(ModelLocation.of("pvc://claim", Optional.empty())).isEqualTo(new ModelLocation.Claim("claim", ""));
        assertThat(ModelLocation.of("pvc://claim/a/b/", Optional.empty()))
                .isEqualTo(new ModelLocation.Claim("claim", "a/b"));
        assertThat(ModelLocation.of("file:///srv/models/x", Optional.of("/srv/models")))
                .isEqualTo(new ModelLocation.NodeFolder("/srv/models/x"));
        assertRefused("file:///srv/models/x", Optional.empty(), "not allowed by this operator");
        assertRefused("file:///srv/models-of-others/x", Optional.of("/srv/models"), "the only folder");
        assertRefused("file:///srv/models/../x", Optional.of("/srv/models"), "the only folder");
        assertRefused("file:///srv/models/\0x", Optional.of("/srv/models"), "the only folder");
        assertRefused("s3://bucket", Optional.empty(), "not implemented");
    }

    private static void assertRefused(String uri, Optional<String> root, String words) {
        assertThat(ModelLocation.of(uri, root)).isInstanceOfSatisfying(ModelLocation.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Reason.SourceNotAllowed);
            assertThat(refused.message()).contains(uri, words);
        });
    }

    private static String hash(String yaml) {
        return PodShape.digest(Serialization.unmarshal(yaml, ModelDeployment.class));
    }

    private static ModelDeployment read(Path file) throws IOException {
        return Serialization.unmarshal(Files.readString(file), ModelDeployment.class);
    }
}
