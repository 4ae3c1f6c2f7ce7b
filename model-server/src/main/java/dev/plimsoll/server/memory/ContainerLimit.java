package dev.plimsoll.server.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** The group and those above it; inside a container its own group is mounted at the root. */
    private static List<Path> candidates(String line, Path root) {
        String[] parts = line.split(":", 3);
        if (parts[1].equals("memory")) {
            return upwards(root.resolve("memory"), parts[2], "memory.limit_in_bytes");
        }
        return parts[1].isEmpty() ? upwards(root, parts[2], "memory.max") : List.of();
    }

    private static List<Path> upwards(Path mount, String group, String file) {
        List<Path> files = new ArrayList<>();
        for (Path path = Path.of(group.substring(1)); path != null; path = path.getParent()) {
            files.add(mount.resolve(path).resolve(file));
        }
        files.add(mount.resolve(file));
        return files;
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
