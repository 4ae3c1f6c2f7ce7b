package dev.plimsoll.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.ModelSource;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.Serving;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.PlanRequest;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a plan takes from the machine: its cores, its budget. */
class PlansTest {
    private static final Path CHECKPOINT = Path.of("src/test/resources/checkpoints/llama-sharded");
    private static final long GPU_BYTES = 16L << 30;

    @ParameterizedTest
    @CsvSource({"1, 740Mi", "2, 1Gi", "8, 800Mi", "8, 1Gi", "16, 900Mi", "16, 2Gi", "64, 8Gi"})
    void theStagingThatIsCountedIsTheStagingThatIsMade(int cores, String host) {
        PlanRequest request = request(host, false);
        Staging made = Plans.staging(request, cores);
        assertThat(Plans.require(request, cores).host().staging()).isEqualTo(made.bytes());
        assertThat(made.readers()).isLessThanOrEqualTo(Math.max(2, cores));
    }

    @Test
    void aNodeThatIsNotKnownIsTakenForALargeOne() {
        assertThat(Plans.staging(request("2Gi", false), Plans.UNKNOWN_CORES).bytes())
                .isEqualTo(128L << 20);
    }

    @Test
    void emulatedGpusNeedNoMoreReadersThanTheHost() {
        PlanRequest request = request("8Gi", true);
        assertThat(Plans.staging(request, 64)).isEqualTo(Staging.FOR_CPU);
        assertThat(Plans.require(request, 64).host().staging()).isEqualTo(16L << 20);
    }

    @Test
    void aHostBudgetTooSmallForTheEngineIsRefusedWithTheNumber() {
        assertThatThrownBy(() -> Plans.require(request("300Mi", false), 16))
                .isInstanceOfSatisfying(PlimsollException.class, refused -> {
                    assertThat(refused.failure().reason()).isEqualTo(Reason.HostBudgetTooSmall);
                    assertThat(refused.failure().deficits().getFirst().needed()).isEqualTo(740L << 20);
                    assertThat(refused)
                            .hasMessageContaining("the host needs 740Mi and may use 300Mi: 440Mi short"
                                    + " (engine 736Mi, staging 4Mi)")
                            .hasMessageContaining("Would fit: memory.host 768Mi");
                });
        assertThat(Plans.require(request("740Mi", false), 16).host().staging()).isEqualTo(4L << 20);
    }

    private static PlanRequest request(String host, boolean emulated) {
        ModelDeploymentSpec spec = new ModelDeploymentSpec(
                new ModelSource("file:///model", null),
                Dtype.Auto,
                Placement.of(PlacementPolicy.GpuOnly),
                Memory.of(null, new Quantity(host)),
                null,
                new Serving(1, 64),
                1,
                null);
        return Plans.request(
                spec, ModelFacts.read(CHECKPOINT), List.of(emulated ? 64L << 20 : GPU_BYTES), emulated, Long.MAX_VALUE);
    }
}
