package dev.plimsoll.server.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.foreign.NativeLibrary;
import org.junit.jupiter.api.Test;

class NvmlTest {
    @Test
    void aLibraryWithoutWhatIsAskedOfItMeasuresNothing() {
        NativeLibrary other = NativeLibrary.find("libc.so.6").orElseThrow();
        assertThat(Nvml.of(other)).isEmpty();
    }
}
