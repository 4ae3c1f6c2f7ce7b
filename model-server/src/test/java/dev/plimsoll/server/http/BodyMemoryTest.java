package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much memory bodies get. */
class BodyMemoryTest {
    private static final HttpLimits LIMITS = HttpLimits.DEFAULT;
    private static final int LARGE = 4 << 20;

    private final BodyMemory memory = new BodyMemory(LIMITS);

    @Test
    void largeBodiesLeaveRoomForOtherClientsAndForSmallOnes() {
        List<BodyMemory.Share> shares = new ArrayList<>();
        assertThat(taken("a", LARGE, shares)).isEqualTo((int) (LIMITS.bodiesBytes() / 2 / LARGE));
        assertThat(taken("b", LARGE, shares)).isPositive();
        assertThat(taken("c", LARGE, shares)).isZero();
        assertThat(memory.of("c").grow(1000)).isTrue();
        assertThat(memory.of("a").grow(LIMITS.smallBodyBytes())).isTrue();
    }

    private int taken(String client, int bytes, List<BodyMemory.Share> shares) {
        int count = 0;
        for (BodyMemory.Share share = memory.of(client); share.grow(bytes); share = memory.of(client)) {
            shares.add(share);
            count++;
        }
        return count;
    }

    @Test
    void whatIsGivenBackIsThereAgain() {
        BodyMemory.Share growing = memory.of("a");
        for (int bytes = 0; bytes < LARGE; bytes += 8192) {
            assertThat(growing.grow(8192)).isTrue();
        }
        assertThat(memory.bytes()).isEqualTo(LARGE);
        growing.close();
        growing.close();
        assertThat(memory.bytes()).isZero();
        List<BodyMemory.Share> shares = new ArrayList<>();
        int first = taken("a", LARGE, shares);
        shares.forEach(BodyMemory.Share::close);
        assertThat(taken("a", LARGE, new ArrayList<>())).isEqualTo(first).isPositive();
    }
}
