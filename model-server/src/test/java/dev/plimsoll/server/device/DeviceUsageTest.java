package dev.plimsoll.server.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.report.DeviceReport.Source;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Weights, KV cache, workspace, context and what is not accounted for are the process. */
class DeviceUsageTest {
    private static DeviceUsage usage(OptionalLong context, long process) {
        return new DeviceUsage(
                OptionalLong.of(600),
                OptionalLong.of(30),
                OptionalLong.of(20),
                context,
                OptionalLong.of(process),
                Source.NVML);
    }

    @Test
    void whatIsLeftOverIsUnaccounted() {
        assertThat(usage(OptionalLong.of(50), 707).unaccounted()).hasValue(7);
        assertThat(usage(OptionalLong.of(50), 690).unaccounted()).hasValue(-10);
    }

    @Test
    void nothingIsLeftOverOfWhatWasNotMeasured() {
        assertThat(usage(OptionalLong.empty(), 707).unaccounted()).isEmpty();
    }
}
