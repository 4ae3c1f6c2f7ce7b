package dev.plimsoll.server.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Host memory of this process, in bytes, from {@code /proc/self/status}.
 *
 * @param anonymous RssAnon: what no file backs
 * @param shared RssShmem: page-locked staging is counted here
 * @param file RssFile: mapped file pages, which the kernel may take back at any time
 * @param resident everything together
 * @param residentPeak highest {@code resident} since the process began or {@link #resetPeak} was called
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_status.5.html">proc_pid_status(5)</a>
 */
public record HostMemory(long anonymous, long shared, long file, long resident, long residentPeak) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int MOST_REPEATS = 3;
    private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");

    /** Reads it now; empty where there is no such file. */
    public static Optional<HostMemory> read() {
        try {
            return Optional.of(parse(Files.readString(STATUS, StandardCharsets.UTF_8)));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static HostMemory parse(String status) {
        Map<String, Long> bytes = new HashMap<>();
        status.lines().filter(line -> line.endsWith(" kB")).forEach(line -> {
            String[] parts = line.split("\\s+", 3);
            bytes.put(parts[0], Long.parseLong(parts[1]) * 1024);
        });
        return new HostMemory(
                field(bytes, "RssAnon:"),
                field(bytes, "RssShmem:"),
                field(bytes, "RssFile:"),
                field(bytes, "VmRSS:"),
                field(bytes, "VmHWM:"));
    }

    private static long field(Map<String, Long> bytes, String name) {
        Long value = bytes.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return value;
    }

    /** Bytes that the JVM's heap has taken; part of {@code anonymous}. */
    public static long heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    }

    /** What no one can take back: anonymous and shared together. */
    public long promised() {
        return anonymous + shared;
    }

    /** Lets {@code residentPeak} begin anew; false where the kernel does not allow it. */
    private static boolean resetPeak() {
        try {
            Files.writeString(CLEAR_REFS, "5");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Transient bytes of an action that are expected to be no more than so many. Other threads only add to what is
     * seen: while it is more, the action is done again, a few times, and the least counts.
     *
     * @return empty where it cannot be measured
     */
    public static OptionalLong transientBytes(Runnable action, long expected) {
        return leastNeeded(() -> transientBytes(action), expected);
    }

    static OptionalLong leastNeeded(Supplier<OptionalLong> measure, long expected) {
        OptionalLong least = measure.get();
        for (int again = 0; again < MOST_REPEATS && least.isPresent() && least.getAsLong() > expected; again++) {
            OptionalLong next = measure.get();
            if (next.isPresent() && next.getAsLong() < least.getAsLong()) {
                least = next;
            }
        }
        return least;
    }

    /**
     * Transient bytes of an action: how far the process's resident memory rises above where it was before.
     *
     * @return empty where it cannot be measured
     */
    static OptionalLong transientBytes(Runnable action) {
        var before = resetPeak() ? read() : Optional.<HostMemory>empty();
        action.run();
        var after = read();
        return before.isPresent() && after.isPresent()
                ? OptionalLong.of(Math.max(0, after.get().residentPeak - before.get().resident))
                : OptionalLong.empty();
    }
}
