package dev.plimsoll.server.lifecycle;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/** A control group with a memory limit, version 1 or 2, whichever this machine has. Needs root. */
record MemoryGroup(Path folder, boolean isFirstVersion) implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Map<String, String> FIRST_VERSION_NAMES = Map.of(
            "anon", "total_rss",
            "shmem", "total_shmem",
            "file", "total_cache");

    /** A group with a limit; a machine where none can be made is told as the reason why the test cannot be. */
    static MemoryGroup of(long limit) {
        boolean first = Files.isDirectory(ROOT.resolve("memory"));
        Path folder = ROOT.resolve(first ? "memory" : "").resolve("plimsoll-test-" + UUID.randomUUID());
        try {
            if (!first) {
                Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+memory");
            }
            Files.createDirectory(folder);
            MemoryGroup group = new MemoryGroup(folder, first);
            group.write(first ? "memory.limit_in_bytes" : "memory.max", limit);
            return group;
        } catch (IOException e) {
            return abort(
                    "no memory control group can be made here, which takes root and a writable " + ROOT + ": " + e);
        }
    }

    private void write(String file, long value) throws IOException {
        Files.writeString(folder.resolve(file), Long.toString(value));
    }

    String processes() {
        return folder.resolve("cgroup.procs").toString();
    }

    /** Bytes of a kind now: {@code anon}, {@code shmem} or {@code file}. */
    long bytes(String kind) {
        return number("memory.stat", isFirstVersion ? FIRST_VERSION_NAMES.getOrDefault(kind, kind) : kind);
    }

    /** Most that was ever charged to the group, page cache included. */
    long peak() throws IOException {
        String file = isFirstVersion ? "memory.max_usage_in_bytes" : "memory.peak";
        return Long.parseLong(Files.readString(folder.resolve(file)).strip());
    }

    long killed() {
        return number(isFirstVersion ? "memory.oom_control" : "memory.events", "oom_kill");
    }

    private long number(String file, String name) {
        try {
            return Files.readString(folder.resolve(file))
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(file + " has no " + name));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        Files.delete(folder);
    }
}
