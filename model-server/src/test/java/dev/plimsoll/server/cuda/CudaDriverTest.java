package dev.plimsoll.server.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be said of GPUs where there may be none. */
class CudaDriverTest {
    @Test
    void aUuidReadsAsNvidiaSmiPrintsIt() {
        assertThat(CudaDriver.format(HexFormat.of().parseHex("5c1d2f3a00112233445566778899aabb")))
                .isEqualTo("GPU-5c1d2f3a-0011-2233-4455-66778899aabb");
    }

    @Test
    void asManyGpusAreToldAsTheKernelHasCards() throws IOException {
        List<CudaGpu> gpus = CudaDriver.load().map(CudaDriver::gpus).orElse(List.of());
        assertThat(gpus).hasSize(cards()).allSatisfy(gpu -> {
            assertThat(gpu.uuid()).startsWith("GPU-");
            assertThat(gpu.product()).isNotBlank();
            assertThat(gpu.totalBytes()).isPositive();
        });
    }

    /** Device files of the kernel's driver; none where a process is not to see them. */
    private static int cards() throws IOException {
        if ("".equals(System.getenv("CUDA_VISIBLE_DEVICES"))) {
            return 0;
        }
        try (Stream<Path> devices = Files.list(Path.of("/dev"))) {
            return Math.toIntExact(
                    devices.filter(device -> device.getFileName().toString().matches("nvidia[0-9]+"))
                            .count());
        }
    }
}
