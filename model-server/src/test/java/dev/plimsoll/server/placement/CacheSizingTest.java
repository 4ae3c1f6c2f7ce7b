package dev.plimsoll.server.placement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.KvCacheSize;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.device.DeviceId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The KV cache is as large as is asked for: in bytes, in whole sequences, or as fits. */
class CacheSizingTest {
    private static final int SEQUENCES = 8;
    private static final int TOKENS = 512;
    /** Keys and values of a token: 4 layers, 256 elements each, float32. */
    private static final long TOKEN_BYTES = 2 * 4 * 256 * 4;

    private static final long ALL = SEQUENCES * TOKENS * TOKEN_BYTES;
    private static final long ONE = TOKENS * TOKEN_BYTES;
    private static final HostNeeds NEEDS = new HostNeeds(0, 0);
    private static final Planner PLANNER = new Planner(NEEDS, KernelMemory.NONE);

    private static PlanOutcome plan(@Nullable String size, long gpuBytes) {
        PlanRequest.Gpu gpu = new PlanRequest.Gpu(DeviceId.gpu(0), true, gpuBytes, gpuBytes, 0, false);
        return PLANNER.plan(new PlanRequest(
                        model(),
                        Dtype.Float32,
                        Placement.of(PlacementPolicy.GpuOnly),
                        List.of(gpu),
                        PlanRequest.UNLIMITED,
                        SEQUENCES,
                        TOKENS)
                .withKvCache(size == null ? null : new KvCacheSize(size)));
    }

    private static PlacementPlan fits(@Nullable String size, long gpuBytes) {
        return (PlacementPlan) plan(size, gpuBytes);
    }

    private static Architecture model() {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("model_type", "llama")
                .put("num_hidden_layers", 4)
                .put("hidden_size", 256)
                .put("intermediate_size", 512)
                .put("num_attention_heads", 8)
                .put("vocab_size", 1000)
                .put("max_position_embeddings", 4096)
                .put("tie_word_embeddings", true);
        return ModelFamilies.describe(config);
    }

    private static long total(PlacementPlan plan) {
        return plan.devices().getFirst().total();
    }

    @Test
    void unlessAskedEverySequenceHasRoomAtItsLongest() {
        PlacementPlan plan = fits(null, 1L << 30);
        assertThat(plan.devices().getFirst().kvCache()).isEqualTo(ALL);
        assertThat(plan.cacheTokens()).isEqualTo(SEQUENCES * TOKENS);
        assertThat(plan.fullSequences()).isEqualTo(SEQUENCES);
        assertThat(plan(null, total(plan) - 1)).isInstanceOf(Refusal.class);
    }

    @Test
    void asManyBytesAsAreAskedForInWholePages() {
        PlacementPlan plan = fits(String.valueOf(3 * ONE + 16 * TOKEN_BYTES + 1), 1L << 30);
        assertThat(plan.cacheTokens()).isEqualTo(3 * TOKENS + 16);
        assertThat(plan.fullSequences()).isEqualTo(3);
        assertThat(plan.devices().getFirst().kvCache()).isEqualTo(3 * ONE + 16 * TOKEN_BYTES);
    }

    @Test
    void moreThanAllSequencesNeedIsForPrefixesThatAreReadAgain() {
        assertThat(fits(String.valueOf(2 * ALL), 1L << 30).fullSequences()).isEqualTo(2 * SEQUENCES);
    }

    @Test
    void lessThanOneSequenceIsRefusedWithWhatWouldDo() {
        Refusal refusal = (Refusal) plan(String.valueOf(ONE - 1), 1L << 30);
        assertThat(refusal.failure().reason()).isEqualTo(Reason.SequenceTooLong);
        assertThat(refusal.failure().message())
                .isEqualTo("serving.kvCache 4194303 holds 496 tokens, one sequence has up to 512: set it to at least"
                        + " 4Mi or Auto, or lower serving.maxSequenceTokens");
        assertThat(fits("4Mi", 1L << 30).fullSequences()).isOne();
    }

    @Test
    void autoIsAllWhereItFitsAndElseWhatIsLeft() {
        PlacementPlan all = fits("Auto", 1L << 30);
        assertThat(all.cacheTokens()).isEqualTo(SEQUENCES * TOKENS);
        PlacementPlan less = fits("Auto", total(all) - 5 * ONE);
        assertThat(less.fullSequences()).isBetween(2, 3);
        assertThat(total(less)).isBetween(total(all) - 5 * ONE - 8 * 16 * TOKEN_BYTES, total(all) - 5 * ONE);
    }

    @Test
    void autoIsRefusedWhereOneSequenceDoesNotFit() {
        long one = total(fits(String.valueOf(ONE), 1L << 30));
        assertThat(fits("Auto", one).fullSequences()).isOne();
        Refusal refusal = (Refusal) plan("Auto", one - 1);
        assertThat(refusal.failure().reason()).isEqualTo(Reason.GpuBudgetTooSmall);
        assertThat(refusal.failure().message()).contains("KV cache 4Mi for 512 tokens");
    }
}
