package dev.plimsoll.server.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Memory limit of the control group that this process runs in, version 1 or 2. */
public final class ContainerLimit {
    private static final long UNLIMITED = 1L << 60;

    private ContainerLimit() {}

    /** Bytes; empty when there is none. */
    public static OptionalLong read() {
        return read(Path.of("/proc/self/cgroup"), Path.of("/sys/fs/cgroup"));
    }

    static OptionalLong read(Path membership, Path root) {
        try (Stream<String> lines = Files.lines(membership)) {
            return lines
                    .flatMap(line -> candidates(line, root).stream())
                    .filter(Files::isReadable)
                    .map(ContainerLimit::limit)
                    .flatMapToLong(OptionalLong::stream)
                    .min()
                    .stream()
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** Inside a container its own group is mounted at the root; outside, it is below it. */
    private static List<Path> candidates(String line, Path root) {
        String[] parts = line.split(":", 3);
        String group = parts[2].substring(1);
        if (parts[1].equals("memory")) {
            Path memory = root.resolve("memory");
            return List.of(
                    memory.resolve(group).resolve("memory.limit_in_bytes"), memory.resolve("memory.limit_in_bytes"));
        }
        return parts[1].isEmpty()
                ? List.of(root.resolve(group).resolve("memory.max"), root.resolve("memory.max"))
                : List.of();
    }

    private static OptionalLong limit(Path file) {
        try {
            String text = Files.readString(file).strip();
            long bytes = text.equals("max") ? UNLIMITED : Long.parseLong(text);
            return bytes < UNLIMITED ? OptionalLong.of(bytes) : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
