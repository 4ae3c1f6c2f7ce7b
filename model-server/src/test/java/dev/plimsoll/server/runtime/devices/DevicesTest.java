package dev.plimsoll.server.runtime.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.cuda.CudaDriver;
import dev.plimsoll.server.cuda.CudaGpu;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code PLIMSOLL_DEVICES} may say. */
class DevicesTest {
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void nothingMeansTheGpusThatTheDriverShows(String setting) {
        List<CudaGpu> shown = CudaDriver.load().map(CudaDriver::gpus).orElse(List.of());
        assertThat(Devices.find(setting).gpus())
                .noneMatch(Devices.Gpu::emulated)
                .hasSameSizeAs(shown);
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
