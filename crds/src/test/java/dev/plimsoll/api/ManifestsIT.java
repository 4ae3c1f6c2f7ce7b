package dev.plimsoll.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users install is what a strict API server takes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManifestsIT {
    private static final Path MANIFESTS = Path.of("../manifests");

    private ApiServer server;

    @TempDir
    private Path temporary;

    @BeforeAll
    void start() throws IOException {
        server = ApiServer.running();
        for (String namespace : List.of("team-a", "team-b")) {
            server.client
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(namespace)
                            .endMetadata()
                            .build())
                    .serverSideApply();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/local", "overlays/namespaced"})
    void oneCommandInstalls(String kustomization) throws Exception {
        assertThat(install(kustomization)).contains("deployment.apps/plimsoll-operator serverside-applied");
    }

    /** A Deployment is taken whatever its pods are like: a namespace's Pod Security level refuses the pods alone. */
    @Test
    void theOperatorsPodPassesTheRestrictedProfile() throws Exception {
        install("base");
        var template = server.client
                .apps()
                .deployments()
                .inNamespace("plimsoll-system")
                .withName("plimsoll-operator")
                .require()
                .getSpec()
                .getTemplate();
        var pod = new PodBuilder()
                .withNewMetadata()
                .withName("operator")
                .withNamespace("plimsoll-system")
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
        assertThat(server.client.resource(pod).create().getMetadata().getUid()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource
    void samplesAreAccepted(Path sample) {
        assertThat(server.create(CorpusIT.Document.read(sample).resource())).isNotEmpty();
    }

    static Stream<Path> samplesAreAccepted() throws IOException {
        try (var files = Files.list(MANIFESTS.resolve("samples"))) {
            return files.sorted().toList().stream();
        }
    }

    private String install(String kustomization) throws IOException, InterruptedException {
        var kubeconfig = Files.writeString(temporary.resolve("kubeconfig"), server.kubeconfig());
        var process = new ProcessBuilder(
                        ApiServer.kubectl(),
                        "--kubeconfig=" + kubeconfig,
                        "apply",
                        "--server-side",
                        "--force-conflicts",
                        "--validate=strict",
                        "-k",
                        MANIFESTS.resolve(kustomization).toString())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
