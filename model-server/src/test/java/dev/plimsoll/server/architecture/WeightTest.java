package dev.plimsoll.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.server.architecture.Slice.Run;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.ElementType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A part of a weight takes from each tensor that is fused in it what is its own, and no more. */
class WeightTest {
    private static final Weight FUSED = new Weight(
            "qkv_proj",
            "model.layers.0.self_attn.qkv",
            Shape.of(10, 4),
            Storage.DENSE,
            List.of(
                    Slice.whole("q", Shape.of(6, 4), 0),
                    Slice.whole("k", Shape.of(2, 4), 24),
                    Slice.whole("v", Shape.of(2, 4), 32)));

    @Test
    void rowsBeginAndEndInsideOfFusedTensors() {
        Weight rows = FUSED.rows(4, 5);
        assertThat(rows.shape()).isEqualTo(Shape.of(5, 4));
        assertThat(rows.slices())
                .containsExactly(
                        new Slice("q", 16, 1, 8, 8, 0), new Slice("k", 0, 1, 8, 8, 8), new Slice("v", 0, 1, 4, 4, 16));
        assertThat(rows.rows(3, 1).slices()).containsExactly(new Slice("k", 4, 1, 4, 4, 0));
    }

    @Test
    void allRowsAreTheWeight() {
        assertThat(FUSED.rows(0, 10)).isEqualTo(FUSED);
    }

    @Test
    void rowsOfAColumnShardKeepItsStride() {
        Slice columns = new Slice("o", 6, 10, 2, 8, 0);
        Weight shard = new Weight("o_proj", "layer.o", Shape.of(10, 2), Storage.DENSE, List.of(columns));
        assertThat(shard.rows(3, 2).slices().getFirst().copied())
                .containsExactly(new Run(6 + 3 * 8, 2, 0), new Run(6 + 4 * 8, 2, 2));
    }

    @Test
    void aRunIsNotCut() {
        Slice columns = new Slice("o", 6, 10, 2, 8, 0);
        assertThatThrownBy(() -> columns.within(1, 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bytesFollowFromTheTypeThatTheModelRunsIn() {
        assertThat(FUSED.bytes(ElementType.FLOAT32)).isEqualTo(160);
        assertThat(FUSED.bytes(ElementType.BFLOAT16)).isEqualTo(80);
    }
}
