package dev.plimsoll.server.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What can be said of GPUs where there may be none. */
class CudaDriverTest {
    @Test
    void aUuidReadsAsNvidiaSmiPrintsIt() {
        assertThat(CudaDriver.format(HexFormat.of().parseHex("5c1d2f3a00112233445566778899aabb")))
                .isEqualTo("GPU-5c1d2f3a-0011-2233-4455-66778899aabb");
    }

    @Test
    void eachGpuIsTold() {
        CudaDriver.load().map(CudaDriver::gpus).ifPresent(gpus -> assertThat(gpus)
                .allSatisfy(gpu -> {
                    assertThat(gpu.uuid()).startsWith("GPU-");
                    assertThat(gpu.product()).isNotBlank();
                    assertThat(gpu.totalBytes()).isPositive();
                }));
    }
}
