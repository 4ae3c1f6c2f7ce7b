package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The first process of a container, from outside: the kernel keeps signals that a container sends to it away. */
record HostProcess(long pid) {
    static HostProcess of(Pod pod, String container) throws IOException {
        String id = pod.getStatus().getContainerStatuses().stream()
                .filter(status -> status.getName().equals(container))
                .map(ContainerStatus::getContainerID)
                .findFirst()
                .orElseThrow()
                .replaceFirst("^.*//", "");
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(folder -> folder.getFileName().toString().matches("\\d+"))
                    .filter(folder -> text(folder.resolve("cgroup")).contains(id))
                    .filter(folder -> text(folder.resolve("status")).matches("(?s).*\\nNSpid:\\t\\d+\\t1\\n.*"))
                    .map(folder ->
                            new HostProcess(Long.parseLong(folder.getFileName().toString())))
                    .findFirst()
                    .orElseThrow();
        }
    }

    void signal(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).as("kill -" + signal + " " + pid).isZero();
    }

    /** Empty for a process that has gone. */
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
