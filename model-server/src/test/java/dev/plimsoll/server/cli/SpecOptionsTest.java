package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.KvCacheSize;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.ModelSource;
import dev.plimsoll.api.SecretReference;
import dev.plimsoll.api.Serving;
import dev.plimsoll.api.SpecialTokensInContent;
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

    @Test
    void howClientsAreServedStaysUnlessAFlagSaysOtherwise() throws Exception {
        ModelDeploymentSpec given = resource("{uri: 'pvc://models/x'}");
        Serving asked = new Serving(
                3, 77, new KvCacheSize("1Gi"), SpecialTokensInContent.Literal, false, new SecretReference("keys"));
        ModelDeploymentSpec spec = new ModelDeploymentSpec(
                given.model(), given.dtype(), given.placement(), given.memory(), given.gpu(), asked, 1, null);
        assertThat(serving(spec)).isEqualTo(asked);
        assertThat(serving(spec, "--special-tokens-in-content", "special", "--max-sequences", "4"))
                .isEqualTo(new Serving(
                        4,
                        77,
                        new KvCacheSize("1Gi"),
                        SpecialTokensInContent.Special,
                        false,
                        new SecretReference("keys")));
        assertThat(serving(spec, "--kv-cache", "Auto").kvCache()).isEqualTo(KvCacheSize.Auto);
        assertThat(serving(spec, "--kv-cache", "3Gi").kvCache()).isEqualTo(new KvCacheSize("3Gi"));
        assertThatThrownBy(() -> serving(spec, "--kv-cache", "plenty")).hasMessageContaining("plenty is no size");
        assertThatThrownBy(() -> serving(spec, "--special-tokens-in-content", "Escaped"))
                .hasMessageContaining("[Special, Literal]");
    }

    private static Serving serving(ModelDeploymentSpec given, String... flags) {
        PlanCommand plan = new PlanCommand();
        new CommandLine(plan).parseArgs(flags);
        return plan.options.over(given).serving();
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
