package dev.plimsoll.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.plimsoll.server.lifecycle.Reporter;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * {@code GET /placement} on the management port: the replica's report, made by a thread of its own, since measuring may
 * take a while, and at most once a second.
 */
@Singleton
class Management {
    private static final long FRESH_NANOS = 1_000_000_000;

    private final Reporter reporter;
    private final ExecutorService making = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(64),
            Thread.ofPlatform().daemon().name("report").factory());
    private byte[] made = new byte[0];
    private long madeAt;
    private final ObjectMapper json = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    Management(Reporter reporter) {
        this.reporter = reporter;
    }

    void routes(@Observes ManagementInterface management) {
        management.router().get("/placement").handler(this::placement);
    }

    private void placement(RoutingContext context) {
        making.execute(() -> {
            try {
                byte[] report = report();
                context.vertx().runOnContext(now -> {
                    var unused = context.response()
                            .putHeader("Content-Type", "application/json")
                            .end(Buffer.buffer(report));
                });
            } catch (JsonProcessingException | RuntimeException e) {
                context.fail(e);
            }
        });
    }

    private byte[] report() throws JsonProcessingException {
        long now = System.nanoTime();
        if (made.length == 0 || now - madeAt > FRESH_NANOS) {
            made = json.writeValueAsBytes(reporter.report());
            madeAt = now;
        }
        return made;
    }
}
