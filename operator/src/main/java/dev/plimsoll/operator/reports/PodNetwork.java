package dev.plimsoll.operator.reports;

import dev.plimsoll.operator.replicas.ReportFailure;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Straight to the pod's address. The deadline is one for everything, connecting, headers and body: a timeout of
 * {@link HttpRequest} ends with the headers (JDK-8208693). Redirects are not followed.
 */
final class PodNetwork implements ReportRoute {
    private static final String ADVICE =
            ": where a NetworkPolicy, a mesh or a pod network of its own keeps the operator"
                    + " from pods, let it reach port " + MANAGEMENT_PORT
                    + ", or set PLIMSOLL_REPORTS_VIA=ApiServerProxy (see manifests/README.md)";

    private final Duration deadline;
    private final int port;
    private final HttpClient http;

    PodNetwork(Duration deadline) {
        this(deadline, MANAGEMENT_PORT);
    }

    PodNetwork(Duration deadline, int port) {
        this.deadline = deadline;
        this.port = port;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    @Override
    public CompletableFuture<Reply> ask(PolledPod pod) {
        String host = pod.ip().contains(":") ? "[" + pod.ip() + "]" : pod.ip();
        String url = "http://" + host + ":" + port + PATH;
        CompletableFuture<HttpResponse<Reply>> exchange =
                http.sendAsync(HttpRequest.newBuilder(URI.create(url)).build(), PodNetwork::body);
        return exchange.copy()
                .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .handle((response, thrown) -> {
                    exchange.cancel(true);
                    return thrown == null ? response.body() : advised(Reply.of(thrown, url));
                });
    }

    private static HttpResponse.BodySubscriber<Reply> body(HttpResponse.ResponseInfo head) {
        return head.statusCode() == HttpURLConnection.HTTP_OK
                ? new BoundedBody(MAX_BYTES)
                : BoundedBody.unread(new Reply.Failed(ReportFailure.httpStatus(head.statusCode())));
    }

    private static Reply advised(Reply.Failed failed) {
        ReportFailure failure = failed.failure();
        return failure.isRejection()
                ? failed
                : new Reply.Failed(new ReportFailure(failure.cause(), failure.message() + ADVICE));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
