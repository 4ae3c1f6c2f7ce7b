package dev.plimsoll.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of a Service that ask without a pause and do not ask again: some make a connection for each request, some keep
 * theirs, some keep one and are quiet for seconds. What one of them did not get is kept in words.
 *
 * <p>A server may close a quiet connection at the moment at which a request is sent on it, and neither side can know. So
 * those that are quiet ask again, once, where such a connection ended without a byte of an answer, as clients that keep
 * connections do.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-9.6">RFC 9112, 9.6</a>
 */
final class Clients implements AutoCloseable {
    /** How the client says that a connection ended so. */
    private static final List<String> CLOSED_MEANWHILE = List.of("received no bytes", "Connection reset");

    private final URI uri;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean ends;

    /** They begin at once. */
    Clients(Cluster cluster, String name, int tokens) {
        String ip = cluster.client()
                .services()
                .inNamespace(cluster.namespace())
                .withName(name)
                .get()
                .getSpec()
                .getClusterIP();
        uri = URI.create("http://" + ip + ":8000/v1/completions");
        for (boolean stream : new boolean[] {false, true}) {
            start(Duration.ZERO, false, tokens, stream);
            start(Duration.ZERO, true, tokens, stream);
            start(Duration.ofMillis(2500), true, tokens, stream);
        }
    }

    private void start(Duration pause, boolean keeps, int tokens, boolean stream) {
        var unused = threads.submit(() -> {
            HttpClient kept = client();
            while (!ends) {
                HttpClient http = keeps ? kept : client();
                ask(
                        http,
                        "{\"prompt\": [1, 2, 3], \"max_tokens\": %d, \"ignore_eos\": true, \"stream\": %s}"
                                .formatted(tokens, stream),
                        stream,
                        pause.isPositive());
                if (!keeps) {
                    http.close();
                }
                Thread.sleep(pause);
            }
            kept.close();
            return null;
        });
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private void ask(HttpClient http, String body, boolean stream, boolean quiet) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofMinutes(1))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200 && (!stream || answer.body().contains("[DONE]"))) {
                answered.incrementAndGet();
            } else {
                failures.add(answer.statusCode() + " " + answer.body());
            }
        } catch (IOException | RuntimeException e) {
            if (quiet && CLOSED_MEANWHILE.stream().anyMatch(e.toString()::contains)) {
                ask(http, body, stream, false);
            } else {
                failures.add(e.toString());
            }
        }
    }

    int answered() {
        return answered.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Waits for the answers that are under way. */
    @Override
    public void close() {
        ends = true;
        threads.close();
    }
}
