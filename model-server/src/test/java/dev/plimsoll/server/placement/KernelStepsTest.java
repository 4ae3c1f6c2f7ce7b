package dev.plimsoll.server.placement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.ModulePlacement;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.placement.KernelMemory.LargestStep;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KernelStepsTest {
    private static final String LLAMA = """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 1024,
             "intermediate_size": 4096, "num_attention_heads": 16, "num_key_value_heads": 4, "num_hidden_layers": 4,
             "vocab_size": 32000, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
             "max_position_embeddings": 8192}
            """;
    private static final long TOKEN_BYTES = 100_000;

    private final List<LargestStep> asked = new ArrayList<>();
    private final KernelMemory memory = (architecture, dtype, step) -> {
        asked.add(step);
        return OptionalLong.of(step.batchedTokens() * TOKEN_BYTES);
    };

    private PlacementPlan plan(
            KernelMemory kernels, Placement placement, int sequences, int tokens, Boolean... emulated) {
        return plan(kernels, placement, sequences, tokens, 40L << 30, emulated);
    }

    private static PlacementPlan plan(
            KernelMemory kernels, Placement placement, int sequences, int tokens, long budget, Boolean... emulated) {
        List<PlanRequest.Gpu> gpus = IntStream.range(0, emulated.length)
                .mapToObj(i -> new PlanRequest.Gpu(DeviceId.gpu(i), emulated[i], budget, budget, 0, false))
                .toList();
        PlanRequest request = new PlanRequest(llama(), Dtype.BFloat16, placement, gpus, 80L << 30, sequences, tokens);
        return (PlacementPlan) new Planner(new HostNeeds(0, 0), kernels).plan(request);
    }

    private static Architecture llama() {
        try {
            return ModelFamilies.describe(new ObjectMapper().readTree(LLAMA));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final Placement GPU_ONLY = Placement.of(PlacementPolicy.GpuOnly);

    @Test
    void promptsAreReadInTheLargestChunksAndTheirBuffersAreCounted() {
        PlacementPlan plan = plan(memory, GPU_ONLY, 8, 4096, false);
        assertThat(plan.kernelChunkTokens()).isEqualTo(4096);
        assertThat(plan.prefillChunkTokens()).isEqualTo(256);
        assertThat(plan.devices()).singleElement().satisfies(device -> assertThat(device.workspace())
                .isEqualTo(4096 * TOKEN_BYTES));
        assertThat(asked).containsExactly(new LargestStep(8, 4096, 4096, plan.cachePages()));
    }

    @Test
    void aChunkIsNoLargerThanAllSequencesTogetherAndHasRoomForTheRowsThatDecode() {
        assertThat(plan(memory, GPU_ONLY, 2, 100, false).kernelChunkTokens()).isEqualTo(200);
        PlacementPlan many = plan(memory, GPU_ONLY, 3000, 1, false);
        assertThat(many.kernelChunkTokens()).isEqualTo(3000);
    }

    @Test
    void aChunkIsHalvedUntilItFits() {
        DevicePlan without =
                plan(KernelMemory.NONE, GPU_ONLY, 8, 4096, false).devices().getFirst();
        long budget = without.total() - without.workspace() + 1100 * TOKEN_BYTES;
        assertThat(without.workspace()).isLessThan(1100 * TOKEN_BYTES);
        PlacementPlan plan = plan(memory, GPU_ONLY, 8, 4096, budget, false);
        assertThat(plan.kernelChunkTokens()).isEqualTo(1024);
        assertThat(plan.devices().getFirst().total()).isLessThanOrEqualTo(budget);
    }

    @Test
    void whatLibtorchWouldTakeIsCountedToo() {
        DevicePlan without =
                plan(KernelMemory.NONE, GPU_ONLY, 8, 4096, false).devices().getFirst();
        PlacementPlan plan = plan((architecture, dtype, step) -> OptionalLong.of(1), GPU_ONLY, 8, 4096, false);
        assertThat(plan.kernelChunkTokens()).isEqualTo(4096);
        assertThat(plan.devices()).containsExactly(without);
    }

    @Test
    void kernelsHaveNoPartWhereTheyDoNotFitOrAreNone() {
        DevicePlan without =
                plan(KernelMemory.NONE, GPU_ONLY, 8, 4096, false).devices().getFirst();
        assertThat(plan(KernelMemory.NONE, GPU_ONLY, 8, 4096, false).kernelChunkTokens())
                .isZero();
        KernelMemory large = (architecture, dtype, step) -> OptionalLong.of(1L << 40);
        PlacementPlan plan = plan(large, GPU_ONLY, 8, 4096, false);
        assertThat(plan.kernelChunkTokens()).isZero();
        assertThat(plan.devices()).containsExactly(without);
    }

    @Test
    void theyServeAWholeModelOnOneRealGpu() {
        assertThat(plan(memory, GPU_ONLY, 8, 4096, true).kernelChunkTokens()).isZero();
        Placement embeddingOnHost = new Placement(
                PlacementPolicy.Custom,
                List.of(new ModulePlacement("", "gpu:0"), new ModulePlacement("model.embed_tokens", "host")),
                null);
        assertThat(plan(memory, embeddingOnHost, 8, 4096, false).kernelChunkTokens())
                .isZero();
        assertThat(plan(memory, Placement.of(PlacementPolicy.Balanced), 8, 4096, false, false)
                        .kernelChunkTokens())
                .isZero();
        assertThat(asked).isEmpty();
    }
}
