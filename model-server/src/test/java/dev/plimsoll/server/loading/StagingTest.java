package dev.plimsoll.server.loading;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much staging memory there is. */
class StagingTest {
    private static final long MI = 1 << 20;

    @ParameterizedTest(name = "{0} cores, {1} Mi left by the engine: {2} readers, buffers of {3} Mi")
    @CsvSource({
        "16, 1648, 16, 4",
        "64, 100000, 16, 4",
        "8, 1648, 8, 4",
        "1, 1648, 2, 4",
        "16, 640, 10, 4",
        "16, 128, 2, 4",
        "16, 112, 2, 3",
        "16, 60, 2, 1",
        "16, 0, 2, 1",
        "16, -300, 2, 1"
    })
    void followsTheCoresAndThenTheRoom(int cores, long room, int readers, int bufferMi) {
        assertThat(Staging.forGpus(cores, room * MI)).isEqualTo(new Staging(readers, 2, bufferMi << 20));
    }

    @Test
    void moreRoomLeavesMoreToOthers() {
        for (int cores : new int[] {1, 4, 16}) {
            for (long room = -10 * MI; room < 4096 * MI; room += MI / 4) {
                long left = room - Staging.forGpus(cores, room).bytes();
                long more =
                        room + 32 * MI - Staging.forGpus(cores, room + 32 * MI).bytes();
                assertThat(more).as("%s cores, room of %s", cores, room).isGreaterThan(left);
            }
        }
    }
}
