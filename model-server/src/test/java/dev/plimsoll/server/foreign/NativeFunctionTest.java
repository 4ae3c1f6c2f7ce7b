package dev.plimsoll.server.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** C functions are called with whatever fits a register, tried on the C library. */
class NativeFunctionTest {
    private final NativeLibrary c = NativeLibrary.find("libc.so.6").orElseThrow();

    @Test
    void integersAndPointersArePassed() {
        assertThat(c.function("abs", 1).call(-7)).isEqualTo(7);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom("plimsoll line");
            MemorySegment other = arena.allocateFrom("plimsoll mark");
            assertThat(c.function("strncmp", 3).call(one.address(), other.address(), 9))
                    .isZero();
            assertThat(c.function("strncmp", 3).call(one.address(), other.address(), 10))
                    .isNegative();
        }
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThat(NativeLibrary.find("libnone.so.0")).isEmpty();
        assertThatThrownBy(() -> c.function("plimsoll_line", 0))
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessage("libc.so.6 has no plimsoll_line");
    }
}
