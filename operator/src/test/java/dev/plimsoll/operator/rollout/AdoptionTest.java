package dev.plimsoll.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.desired.PodShape;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A Deployment as the release before revisions applied it, beside what a user applied for it. */
class AdoptionTest {
    private static final Path FOLDER = Path.of("src/test/resources/previous-release");
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void whatMeansTheSameIsTheSameRevision() throws IOException {
        ModelDeployment model = model(Files.readString(FOLDER.resolve("in.yaml")));
        Revision adopted = Adoption.of(deployment(), 1, NOW).orElseThrow();
        assertThat(adopted.digest()).isEqualTo(PodShape.digest(model));
        assertThat(adopted.key()).isEqualTo(labels().get("plimsoll.dev/spec-hash"));
        assertThat(adopted.template()).isEqualTo(deployment().getSpec().getTemplate());
        assertThat(adopted.isComplete()).as("no deadline counts for it").isTrue();
    }

    @Test
    void anotherSpecIsAnotherRevision() throws IOException {
        String yaml = Files.readString(FOLDER.resolve("in.yaml"));
        ModelDeployment model = model(yaml.replace("dtype: Float32", "dtype: Float16"));
        assertThat(model.getSpec().dtype().value()).isEqualTo("Float16");
        assertThat(Adoption.of(deployment(), 1, NOW).orElseThrow().digest()).isNotEqualTo(PodShape.digest(model));
    }

    @Test
    void aTemplateThatSaysNothingIsNoSpecs() throws IOException {
        Deployment silent = deployment();
        silent.getSpec().getTemplate().getSpec().getContainers().getFirst().setEnv(List.of());
        assertThat(Adoption.of(silent, 1, NOW).orElseThrow().digest()).isEqualTo("unknown");
    }

    private static Map<String, String> labels() throws IOException {
        return deployment().getSpec().getTemplate().getMetadata().getLabels();
    }

    private static Deployment deployment() throws IOException {
        return Serialization.unmarshal(Files.readString(FOLDER.resolve("deployment.yaml")), Deployment.class);
    }

    private static ModelDeployment model(String yaml) {
        return Serialization.unmarshal(yaml, ModelDeployment.class);
    }
}
