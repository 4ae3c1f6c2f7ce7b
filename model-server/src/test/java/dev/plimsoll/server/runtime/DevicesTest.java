package dev.plimsoll.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code PLIMSOLL_DEVICES} may say. */
class DevicesTest {
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void nothingMeansNoGpu(String setting) {
        assertThat(Devices.find(setting).gpus()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"emulated:2x1Gi", "emulated:2x1024Mi", "emulated:2x1073741824", "emulated:2x1.0Gi"})
    void emulatedGpusHaveTheBytesOfAQuantity(String setting) {
        assertThat(Devices.find(setting).gpus()).extracting(Devices.Gpu::bytes).containsExactly(1L << 30, 1L << 30);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cuda",
                "emulated",
                "emulated:",
                "emulated:0x1Gi",
                "emulated:100x1Gi",
                "emulated:-1x1Gi",
                "emulated:2",
                "emulated:2x",
                "emulated:2x1Zz",
                "emulated:2x1.2.3",
                "emulated:2x-1Gi",
                "emulated:2x0",
                "emulated:2x100m",
                "emulated:2x9999Ei",
                "emulated:2x1Gi,emulated:1x1Gi"
            })
    void anythingElseIsRefusedWithAnExample(String setting) {
        assertThatThrownBy(() -> Devices.find(setting)).isInstanceOfSatisfying(PlimsollException.class, refused -> {
            assertThat(refused.failure().reason()).isEqualTo(Reason.EngineFailed);
            assertThat(refused.getMessage()).contains("'" + setting + "'", "emulated:2x1Gi");
        });
    }
}
