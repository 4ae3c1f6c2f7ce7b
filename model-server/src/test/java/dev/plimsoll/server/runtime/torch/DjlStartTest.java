package dev.plimsoll.server.runtime.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.util.cuda.CudaUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class DjlStartTest {
    /** Asked while the setting stands, DJL starts a JVM of its own, whose answer is a process's. */
    @Test
    void noThreadSeesTheSettingThatMakesDjlStartAnotherJvm() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<String>> seen = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                seen.add(threads.submit(() -> {
                    DjlStart.withoutGpuLookUp();
                    return String.valueOf(System.getProperty("ai.djl.util.cuda.fork"));
                }));
            }
            for (Future<String> setting : seen) {
                assertThat(setting.get()).isEqualTo("null");
            }
        }
        assertThat(CudaUtils.getGpuCount()).isZero();
        assertThat(ProcessHandle.current()
                        .children()
                        .map(child -> child.info().command().orElse("")))
                .noneMatch(command -> command.endsWith("/java"));
    }
}
