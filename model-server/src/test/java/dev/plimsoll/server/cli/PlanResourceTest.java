package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code plimsoll plan -f}: a ModelDeployment from a file, with and without flags. */
class PlanResourceTest {
    private static final Path CHECKPOINT = Path.of("src/test/resources/checkpoints/llama-sharded");

    @TempDir
    Path folder;

    @Test
    void resourceIsPlannedAsTheOperatorWouldRunIt() throws IOException {
        Path yaml = write("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: models}
                ---
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                metadata: {name: tiny}
                spec:
                  model: {uri: pvc://models/tiny, directReads: true}
                  dtype: Float32
                  placement: {policy: Auto, offload: [Host, Disk]}
                  memory: {gpu: 1Gi, perGpu: [{index: 1, limit: 900Mi}], host: 1Gi}
                  gpu: {count: 2}
                  serving: {maxSequences: 2, maxSequenceTokens: 128}
                """);

        JsonNode plan = Invocation.of("plan", "-f", yaml, "--model", CHECKPOINT, "--output", "json")
                .json();

        assertThat(plan.path("fits").asBoolean()).isTrue();
        assertThat(plan.path("policy").asText()).isEqualTo("Auto");
        assertThat(plan.path("model").path("dtype").asText()).isEqualTo("Float32");
        assertThat(plan.path("host").path("budget").asLong()).isEqualTo(1L << 30);
        assertThat(plan.path("devices").path(0).path("budget").asLong()).isEqualTo(1L << 30);
    }

    @Test
    void emulatedGpusOfAResourceAreHostMemory() throws IOException {
        Path yaml = write("""
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                metadata: {name: tiny}
                spec:
                  model: {uri: "file://%s"}
                  gpu: {resourceName: plimsoll.dev/emulated-gpu}
                """.formatted(CHECKPOINT.toAbsolutePath()));

        JsonNode plan = Invocation.of("plan", "-f", yaml, "--output", "json").json();

        assertThat(plan.path("host").path("emulated").asLong())
                .isEqualTo(plan.path("devices").path(0).path("total").asLong())
                .isPositive();
    }

    @Test
    void flagsWinOverTheResource() throws IOException {
        Path yaml = write("""
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                spec:
                  model: {uri: pvc://models/tiny}
                  memory: {gpu: 1Mi}
                """);

        assertThat(Invocation.of("plan", "-f", yaml, "--model", CHECKPOINT).code())
                .isEqualTo(3);
        assertThat(Invocation.of("plan", "-f", yaml, "--model", CHECKPOINT, "--memory-gpu", "1Gi")
                        .code())
                .isZero();
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "kind: Pod                                                            | holds no ModelDeployment",
                "{kind: ModelDeployment, apiVersion: plimsoll.dev/v2}                 | apiVersion is 'plimsoll.dev/v2'",
                "{kind: ModelDeployment, apiVersion: plimsoll.dev/v1alpha1}           | spec.model.uri is missing",
                "{kind: ModelDeployment, apiVersion: plimsoll.dev/v1alpha1, spec: {model: {uri: 'pvc://a/b'}, dtyp: 1}}"
                        + " | spec.dtyp: Unrecognized field",
                "{kind: ModelDeployment, apiVersion: plimsoll.dev/v1alpha1, spec: {model: {uri: 'pvc://a/b'}, dtype: F8}}"
                        + " | does not know spec.dtype F8",
                "{kind: ModelDeployment, apiVersion: plimsoll.dev/v1alpha1, spec: {model: {uri: 's3://a/b'}}}"
                        + " | say with --model DIR",
                "{kind: ModelDeployment, kind: ModelDeployment}                       | Duplicate field 'kind'",
            })
    void wrongResourcesSayWhatIsWrong(String yaml, String message) throws IOException {
        Invocation wrong = Invocation.of("plan", "-f", write(yaml));

        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains(message);
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("modeldeployment.yaml"), yaml);
    }
}
