package dev.plimsoll.server.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lowest limit that holds for the process's control group, in either version of control groups. */
class ContainerLimitTest {
    private static final String V1 = """
            12:memory:/kubepods/pod1/server
            3:cpu,cpuacct:/kubepods/pod1/server
            1:name=systemd:/kubepods/pod1/server
            """;

    @TempDir
    Path root;

    @Test
    void version2InAContainerOfItsOwnNamespace() throws IOException {
        limit("memory.max", "1342177280\n");
        assertThat(read("0::/\n")).hasValue(1_342_177_280);
    }

    @Test
    void version2SeenFromTheHost() throws IOException {
        limit("kubepods/pod1/server/memory.max", "1048576\n");
        assertThat(read("0::/kubepods/pod1/server\n")).hasValue(1_048_576);
    }

    @Test
    void version2WithTheContainersGroupMountedAtTheRoot() throws IOException {
        limit("memory.max", "1048576\n");
        assertThat(read("0::/../../pod1/server\n")).hasValue(1_048_576);
    }

    @Test
    void aGroupAboveLimitsThoseBelow() throws IOException {
        limit("kubepods/pod1/server/memory.max", "max\n");
        limit("kubepods/pod1/memory.max", "1048576\n");
        limit("kubepods/memory.max", "8388608\n");
        assertThat(read("0::/kubepods/pod1/server\n")).hasValue(1_048_576);
    }

    @Test
    void version1SeenFromTheHost() throws IOException {
        limit("memory/kubepods/pod1/server/memory.limit_in_bytes", "2097152\n");
        limit("memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(read(V1)).hasValue(2_097_152);
    }

    @Test
    void version1WithTheContainersGroupMountedAtTheRoot() throws IOException {
        limit("memory/memory.limit_in_bytes", "2097152\n");
        assertThat(read(V1)).hasValue(2_097_152);
    }

    @Test
    void anotherGroupsLimitIsNotOurs() throws IOException {
        limit("kubepods/pod2/memory.max", "1048576\n");
        limit("memory.max", "max\n");
        assertThat(read("0::/kubepods/pod1\n")).isEmpty();
    }

    @Test
    void noLimitIsNoNumber() throws IOException {
        limit("memory.max", "max\n");
        limit("memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(read("0::/\n" + V1)).isEmpty();
        assertThat(ContainerLimit.read(root.resolve("nowhere"), root)).isEmpty();
    }

    private void limit(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private OptionalLong read(String membership) throws IOException {
        return ContainerLimit.read(Files.writeString(root.resolve("cgroup"), membership), root);
    }
}
