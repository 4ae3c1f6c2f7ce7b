package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.report.Phase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What restarts a server that hangs must be answered by one that hangs. */
class LivenessProbeTest {
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.Serving);
    private final AtomicReference<Duration> step = new AtomicReference<>(Duration.ZERO);
    private final CountDownLatch hung = new CountDownLatch(2);
    private final CountDownLatch over = new CountDownLatch(1);

    @Test
    void itIsAnsweredThoughEveryWorkerHangs() throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setWorkerPoolSize(2));
        try (HttpClient client = HttpClient.newHttpClient()) {
            Router router = Router.router(vertx);
            router.get("/metrics").blockingHandler(context -> hang(), false);
            router.get(LivenessProbe.PATH).blockingHandler(context -> hang(), false);
            new LivenessProbe(phase::get, new Watchdog(Duration.ofMinutes(5), step::get)).addTo(router);
            int port = vertx.createHttpServer()
                    .requestHandler(router)
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .actualPort();
            String base = "http://127.0.0.1:" + port;
            for (int i = 0; i < 5; i++) {
                var unused = client.sendAsync(get(base + "/metrics"), HttpResponse.BodyHandlers.discarding());
            }
            assertThat(hung.await(20, TimeUnit.SECONDS)).isTrue();
            HttpResponse<String> lives =
                    client.send(get(base + LivenessProbe.PATH), HttpResponse.BodyHandlers.ofString());
            assertThat(lives.statusCode()).isEqualTo(200);
            assertThat(lives.body()).contains("\"status\":\"UP\"", "\"phase\":\"Serving\"");
            step.set(Duration.ofMinutes(6));
            assertThat(status(client, base)).isEqualTo(503);
            step.set(Duration.ZERO);
            assertThat(status(client, base)).isEqualTo(200);
            phase.set(Phase.Failed);
            assertThat(status(client, base)).isEqualTo(503);
            over.countDown();
        } finally {
            over.countDown();
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static int status(HttpClient client, String base) throws Exception {
        return client.send(get(base + LivenessProbe.PATH), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static HttpRequest get(String url) {
        return HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private void hang() {
        hung.countDown();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
