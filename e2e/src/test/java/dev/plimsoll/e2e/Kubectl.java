package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** What a user types. */
final class Kubectl {
    private Kubectl() {}

    /** Its output; that it fails is an error. */
    static String run(Cluster cluster, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kubectl", "--namespace", cluster.namespace()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
        return output;
    }

    /** Reason and message of every Event of a ModelDeployment, a line each. */
    static List<String> events(Cluster cluster, String name) throws IOException, InterruptedException {
        return run(cluster, "events", "--for", "modeldeployment/" + name, "--no-headers")
                .lines()
                .toList();
    }

    /** Events follow the status that they are about: waits for one whose line has all these words. */
    static void awaitEvent(Cluster cluster, String name, String... words) {
        Awaitility.await("an Event with " + List.of(words))
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(events(cluster, name))
                        .anySatisfy(event -> assertThat(event).contains(words)));
    }

    /** The row of a ModelDeployment in {@code kubectl get mdep}, its columns by two spaces or more. */
    static List<String> row(Cluster cluster, String name) throws IOException, InterruptedException {
        String row = run(cluster, "get", "mdep", name, "--no-headers").strip();
        return List.of(row.split(" {2,}", -1));
    }
}
