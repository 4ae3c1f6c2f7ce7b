package dev.plimsoll.server.runtime.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelEngineTest {
    @Test
    void graphsAreCloserTogetherWhereAStepCostsLess() {
        assertThat(KernelEngine.buckets(128)).containsExactly(1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128);
        assertThat(KernelEngine.buckets(1)).containsExactly(1);
        assertThat(KernelEngine.buckets(5)).containsExactly(1, 2, 4, 5);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7, 40, 100, 256, 500})
    void everyNumberOfRowsHasAGraphThatIsLessThanTwiceAsLarge(int sequences) {
        for (int rows = 1; rows <= sequences; rows++) {
            int needed = rows;
            int bucket = KernelEngine.buckets(sequences).stream()
                    .filter(size -> size >= needed)
                    .findFirst()
                    .orElseThrow();
            assertThat(bucket).isLessThan(2 * rows + 1);
        }
    }

    /** A group of queries a tile: as many blocks as multiprocessors, at most eight for a sequence. */
    @ParameterizedTest
    @CsvSource({"1, 2, 8, 8", "8, 2, 8, 4", "32, 2, 2, 4", "128, 2, 1, 4", "1, 8, 8, 8", "16, 8, 1, 4"})
    void pagesAreSplitUntilTheGpuIsFull(int rows, int tiles, int splits, int warps) {
        assertThat(DecodeSplit.of(rows, tiles, 90, 132)).isEqualTo(new DecodeSplit(splits, warps));
    }
}
