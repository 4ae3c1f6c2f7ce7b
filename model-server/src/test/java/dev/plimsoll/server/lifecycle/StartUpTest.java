package dev.plimsoll.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.server.lifecycle.StartUp.Part;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StartUpTest {
    @Test
    void tellsThePartsInTheirOrderAndOnlyThoseThatWereTimed() {
        StartUp startUp = new StartUp();
        startUp.took(Part.WARM_UP, 0.5);
        startUp.took(Part.JVM, 0.25);
        assertThat(startUp).hasToString("jvm 0.25, warm-up 0.50");
        assertThat(startUp.report().jvm()).isEqualTo(0.25);
        assertThat(startUp.report().warmUp()).isEqualTo(0.5);
        assertThat(startUp.report().read()).isNull();
    }

    @Test
    void timesWhatFailsToo() {
        StartUp startUp = new StartUp();
        assertThatThrownBy(() -> startUp.time(Part.ENGINE, () -> {
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(startUp.seconds(Part.ENGINE)).isNotNull();
        assertThat(startUp.seconds(Part.PLAN)).isNull();
    }

    @Test
    void aProcessIsAtLeastAsOldAsItsVirtualMachine() {
        double machine = ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
        double roundedTo = 0.02;
        assertThat(ProcessClock.secondsSinceStart()).isGreaterThan(machine - roundedTo);
        Instant machineStarted =
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
        assertThat(ProcessClock.started()).isBetween(machineStarted.minusSeconds(60), machineStarted.plusSeconds(1));
    }
}
