package dev.plimsoll.server.runtime.copying;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.runtime.copying.StagingBlock.Ring;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One block for all copiers of a load: each has a ring of it, and nothing is taken beside it while it lasts. */
class StagingBlockTest {
    private static final Staging STAGING = new Staging(3, 2, 8192);
    private static final long RING = STAGING.bytes() / STAGING.readers();

    private final Arena arena = Arena.ofShared();
    private final List<Long> asked = new ArrayList<>();
    private final List<Long> freed = new ArrayList<>();
    private final StagingBlock block = StagingBlock.of(STAGING, this::allocate, freed::add);

    private long allocate(long bytes) {
        asked.add(bytes);
        return arena.allocate(bytes, 4096).address();
    }

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void everyReaderHasARingThatNoOtherHas() {
        List<Ring> rings = new ArrayList<>();
        for (int i = 0; i < STAGING.readers(); i++) {
            rings.add(block.lend(RING).orElseThrow());
        }
        for (int i = 0; i < rings.size(); i++) {
            rings.get(i).memory().fill((byte) (i + 1));
        }
        for (int i = 0; i < rings.size(); i++) {
            assertThat(rings.get(i).memory().byteSize()).isEqualTo(RING);
            assertThat(rings.get(i).memory().toArray(ValueLayout.JAVA_BYTE)).containsOnly(i + 1);
        }
        assertThat(asked).as("allocations").containsExactly(STAGING.bytes());
    }

    @Test
    void thereIsNoRingBeyondTheLastUntilOneIsGivenBack() {
        Ring first = block.lend(RING).orElseThrow();
        assertThat(block.lend(RING)).isPresent();
        assertThat(block.lend(RING)).isPresent();
        assertThat(block.lend(RING)).isEmpty();
        first.close();
        assertThat(block.lend(RING).orElseThrow().memory().address())
                .isEqualTo(first.memory().address());
    }

    @Test
    void aSmallerOneFitsAndALargerOneDoesNot() {
        assertThat(block.lend(RING / 2).orElseThrow().memory().byteSize()).isEqualTo(RING / 2);
        assertThat(block.lend(RING + 1)).isEmpty();
    }

    @Test
    void theBlockIsGivenBackOnceAndThenHasNothing() {
        assertThat(block.bytes()).isEqualTo(STAGING.bytes());
        block.close();
        block.close();
        assertThat(freed).hasSize(1);
        assertThat(block.bytes()).isZero();
        assertThat(block.lend(RING)).isEmpty();
    }

    @Test
    void memoryThatIsInUseIsNotGivenBack() {
        Ring used = block.lend(RING).orElseThrow();
        assertThatThrownBy(block::close).isInstanceOf(IllegalStateException.class);
        assertThat(freed).isEmpty();
        used.close();
        block.close();
        assertThat(freed).hasSize(1);
    }

    @Test
    void whatCannotBeLockedIsSaidAsItIs() {
        PlimsollException tooMuch = new PlimsollException(Reason.HostOutOfMemory, "raise memory.host");
        assertThatThrownBy(() -> StagingBlock.of(
                        STAGING,
                        bytes -> {
                            throw tooMuch;
                        },
                        freed::add))
                .isSameAs(tooMuch);
    }
}
