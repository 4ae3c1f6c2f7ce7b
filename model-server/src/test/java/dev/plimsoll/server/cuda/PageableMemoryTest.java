package dev.plimsoll.server.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class PageableMemoryTest {
    private final PageableMemory memory = new PageableMemory();

    @Test
    void itBeginsOnALargePageAndCanBeWritten() {
        long address = memory.allocate(4L << 20);
        assertThat(address % PageableMemory.HUGE_PAGE).isZero();
        MemorySegment last = MemorySegment.ofAddress(address).reinterpret(4L << 20);
        last.set(ValueLayout.JAVA_BYTE, (4L << 20) - 1, (byte) 7);
        assertThat(last.get(ValueLayout.JAVA_BYTE, (4L << 20) - 1)).isEqualTo((byte) 7);
        memory.release(address);
    }

    @Test
    void whatTheHostDoesNotHaveIsTheHostsFault() {
        assertThatThrownBy(() -> memory.allocate(1L << 60))
                .isInstanceOfSatisfying(
                        PlimsollException.class,
                        refused -> assertThat(refused.failure().reason()).isEqualTo(Reason.HostOutOfMemory))
                .hasMessageContaining("the host has no 1073741824Gi left")
                .hasMessageContaining("raise memory.host");
    }
}
