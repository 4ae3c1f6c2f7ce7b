package dev.plimsoll.server.runtime.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where tensors lie in large blocks; the addresses are of no memory. */
class TensorArenaTest {
    private static final long MIB = 1L << 20;
    private static final long FIRST = 1L << 40;
    private static final long SECOND = 2L << 40;

    private final List<Long> freed = new ArrayList<>();
    private long blocks;

    @Test
    void tensorsFollowOneAnotherAndAreAligned() {
        TensorArena arena = arena(8 * MIB);
        assertThat(arena.take(1)).isEqualTo(FIRST);
        assertThat(arena.take(257)).isEqualTo(FIRST + 256);
        assertThat(arena.take(1)).isEqualTo(FIRST + 768);
        assertThat(arena.bytes()).isEqualTo(8 * MIB);
    }

    @Test
    void aTensorThatDoesNotFitGetsABlockOfItsOwn() {
        TensorArena arena = arena(2 * MIB);
        arena.take(MIB);
        assertThat(arena.take(3 * MIB)).isEqualTo(SECOND);
        assertThat(arena.bytes()).isEqualTo(2 * MIB + 4 * MIB);
        arena.close();
        assertThat(freed).containsExactly(FIRST, SECOND);
    }

    @Test
    void aTensorWithoutElementsLiesInABlockThatIsFull() {
        TensorArena arena = arena(2 * MIB);
        arena.take(2 * MIB);
        assertThat(arena.take(0)).isEqualTo(FIRST);
        assertThat(arena.bytes()).isEqualTo(2 * MIB);
    }

    @Test
    void aTensorWithoutElementsLiesInABlockWhenItIsTheFirst() {
        TensorArena arena = arena(0);
        assertThat(arena.take(0)).isEqualTo(FIRST);
        assertThat(arena.take(1)).isEqualTo(FIRST);
        assertThat(arena.bytes()).isEqualTo(2 * MIB);
    }

    private TensorArena arena(long planned) {
        return new TensorArena(bytes -> ++blocks << 40, freed::add, planned);
    }
}
