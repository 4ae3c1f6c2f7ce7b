package dev.plimsoll.server.lifecycle;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;

/** When this process began. */
final class ProcessClock {
    private static final Instant STARTED =
            ProcessHandle.current().info().startInstant().orElseGet(ProcessClock::jvmStart);

    private ProcessClock() {}

    static Instant started() {
        return STARTED;
    }

    static double secondsSinceStart() {
        return Duration.between(STARTED, Instant.now()).toMillis() / 1000.0;
    }

    private static Instant jvmStart() {
        return Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
    }
}
