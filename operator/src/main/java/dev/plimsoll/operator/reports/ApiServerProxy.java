package dev.plimsoll.operator.reports;

import dev.plimsoll.operator.replicas.ReportFailure;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Through the API server's pod proxy, for clusters where the operator cannot reach pods. Needs the right to
 * {@code get pods/proxy}, and makes the API server carry every report.
 */
final class ApiServerProxy implements ReportRoute {
    private final Duration deadline;
    private final String server;
    private final HttpClient http;

    ApiServerProxy(KubernetesClient client, Duration deadline) {
        this.deadline = deadline;
        this.server = client.getMasterUrl().toString().replaceAll("/+$", "");
        this.http = client.getHttpClient();
    }

    @Override
    public CompletableFuture<Reply> ask(PolledPod pod) {
        String path = "/api/v1/namespaces/" + pod.namespace() + "/pods/" + pod.name() + ":" + MANAGEMENT_PORT + "/proxy"
                + PATH;
        HttpRequest request = http.newHttpRequestBuilder().uri(server + path).build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CompletableFuture<HttpResponse<AsyncBody>> exchange = http.consumeBytes(request, (buffers, body) -> {
            for (ByteBuffer buffer : buffers) {
                byte[] chunk = new byte[buffer.remaining()];
                buffer.get(chunk);
                bytes.writeBytes(chunk);
            }
            if (bytes.size() > MAX_BYTES) {
                body.cancel();
            } else {
                body.consume();
            }
        });
        CompletableFuture<Reply> reply = exchange.thenCompose(response -> read(response, bytes));
        return reply.copy()
                .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(thrown -> {
                    var unused = exchange.thenAccept(response -> response.body().cancel());
                    exchange.cancel(true);
                    return Reply.of(thrown, "the API server's proxy " + path);
                });
    }

    private static CompletableFuture<Reply> read(HttpResponse<AsyncBody> response, ByteArrayOutputStream bytes) {
        AsyncBody body = response.body();
        if (response.code() != HttpURLConnection.HTTP_OK) {
            body.cancel();
            return CompletableFuture.completedFuture(new Reply.Failed(new ReportFailure(
                    ReportFailure.HTTP_STATUS,
                    "HTTP status " + response.code() + " through the API server's pod proxy"
                            + (response.code() == HttpURLConnection.HTTP_FORBIDDEN
                                    ? ": apply manifests/components/report-proxy, which gives the right to it"
                                    : ""))));
        }
        body.consume();
        return body.done()
                .handle((done, thrown) -> bytes.size() > MAX_BYTES
                        ? Reply.tooLarge(MAX_BYTES)
                        : thrown == null
                                ? new Reply.Body(bytes.toString(StandardCharsets.UTF_8))
                                : Reply.of(thrown, "the pod proxy"));
    }

    /** The connections are the Kubernetes client's own. */
    @Override
    public void close() {}
}
