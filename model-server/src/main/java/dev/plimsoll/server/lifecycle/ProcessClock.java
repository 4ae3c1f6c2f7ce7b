package dev.plimsoll.server.lifecycle;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** When this process began. */
final class ProcessClock {
    private static final double TICKS_PER_SECOND = 100;
    private static final int START_TICKS = 19;
    private static final long STARTED_NANOS = System.nanoTime() - (long) (1e9 * age());
    private static final Instant STARTED = start();

    private ProcessClock() {}

    static Instant started() {
        return STARTED;
    }

    static double secondsSinceStart() {
        return (System.nanoTime() - STARTED_NANOS) / 1e9;
    }

    private static Instant start() {
        return Instant.now().minusNanos(System.nanoTime() - STARTED_NANOS);
    }

    /**
     * Seconds that the process has lived, to a hundredth. {@link ProcessHandle.Info#startInstant} can be a second off,
     * because it adds the time since boot to a boot time in whole seconds.
     *
     * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5): starttime</a>
     */
    private static double age() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            double uptime =
                    Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
            return uptime - Double.parseDouble(afterName[START_TICKS]) / TICKS_PER_SECOND;
        } catch (IOException | RuntimeException e) {
            return ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
        }
    }
}
