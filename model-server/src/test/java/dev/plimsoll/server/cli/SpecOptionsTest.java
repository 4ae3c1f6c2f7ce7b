package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.ModelSource;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Flags are laid over what a resource says; what no flag names stays. */
class SpecOptionsTest {
    @TempDir
    Path folder;

    @Test
    void directReadsAreTheResourcesUnlessAFlagSaysOtherwise() throws Exception {
        for (boolean given : new boolean[] {true, false}) {
            ModelDeploymentSpec spec = resource("{uri: 'pvc://models/x', directReads: " + given + "}");
            assertThat(laidOver(spec).directReads()).isEqualTo(given);
            assertThat(laidOver(spec, "--direct-reads").directReads()).isTrue();
            assertThat(laidOver(spec, "--direct-reads=false").directReads()).isFalse();
        }
    }

    @Test
    void theRestOfTheSourceStays() throws Exception {
        ModelDeploymentSpec spec = resource("{uri: 'pvc://models/x', servedName: y}");
        assertThat(laidOver(spec, "--direct-reads")).isEqualTo(new ModelSource("pvc://models/x", "y", true));
    }

    @Test
    void readsGoThroughThePageCacheByDefault() throws Exception {
        assertThat(laidOver(resource("{uri: 'pvc://models/x'}")).directReads()).isFalse();
    }

    private static ModelSource laidOver(ModelDeploymentSpec given, String... flags) {
        PlanCommand plan = new PlanCommand();
        new CommandLine(plan).parseArgs(flags);
        return plan.options.over(given).model();
    }

    private ModelDeploymentSpec resource(String model) throws Exception {
        Path file = folder.resolve("modeldeployment.yaml");
        Files.writeString(file, """
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                metadata: {name: x}
                spec: {model: %s}
                """.formatted(model));
        return SpecFile.read(file);
    }
}
