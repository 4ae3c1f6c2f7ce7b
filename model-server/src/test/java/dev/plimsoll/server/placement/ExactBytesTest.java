package dev.plimsoll.server.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import dev.plimsoll.server.placement.PlacementPlan.Placed;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Predicted bytes of weights and KV cache are those of a real checkpoint, in every dtype, to the byte. */
class ExactBytesTest {
    /** Elements as stored: embedding 384 x 64, three layers of 40,064, a norm of 64; the head is tied. */
    private static final long ELEMENTS = 144_832;

    @ParameterizedTest
    @CsvSource({"Float32, 4", "Float16, 2", "BFloat16, 2"})
    void aTiedCheckpoint(Dtype dtype, long elementBytes) {
        try (Checkpoint checkpoint =
                CheckpointReader.open(Path.of("src/test/resources/checkpoints/llama-tied-ropescaled"))) {
            assertThat(checkpoint.bytes()).as("stored in Float16").isEqualTo(ELEMENTS * 2);
            Architecture architecture = ModelFamilies.describe(checkpoint);
            PlanRequest.Gpu gpu = new PlanRequest.Gpu(DeviceId.gpu(0), false, 1L << 30, 1L << 30, 0, false);
            PlacementPlan plan =
                    (PlacementPlan) new Planner(new HostNeeds(HostNeeds.ENGINE_BYTES, 16 << 20), KernelMemory.NONE)
                            .plan(new PlanRequest(
                                    architecture,
                                    dtype,
                                    Placement.of(PlacementPolicy.GpuOnly),
                                    List.of(gpu),
                                    1L << 30,
                                    4,
                                    256));

            DevicePlan device = plan.devices().getFirst();
            assertThat(device.weights()).isEqualTo(ELEMENTS * elementBytes);
            assertThat(plan.modules().values().stream().mapToLong(Placed::bytes).sum())
                    .isEqualTo(ELEMENTS * elementBytes);
            assertThat(device.kvCache())
                    .as("2 x 3 layers x 2 heads x 16, for 4 x 256 tokens")
                    .isEqualTo(192 * 4 * 256 * elementBytes);
        }
    }
}
