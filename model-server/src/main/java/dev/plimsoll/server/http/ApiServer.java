package dev.plimsoll.server.http;

import dev.plimsoll.server.openai.ApiException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The port that clients speak to: HTTP/1.1 with bounds on connections, heads and the time between requests,
 * however slowly bytes come. Answers are given by {@link Routes}.
 */
final class ApiServer {
    private static final int MAX_HEAD_BYTES = 32 << 10;
    private static final int MAX_LINE_BYTES = 8 << 10;

    private final Vertx vertx;
    private final ApiKeys keys;
    private final Routes routes;
    private final RequestMetrics metrics;
    private final HttpServer server;
    private final Connections connections;
    private final AtomicInteger exchanges = new AtomicInteger();

    ApiServer(Vertx vertx, HttpLimits limits, ApiKeys keys, Routes routes, RequestMetrics metrics) {
        this.vertx = vertx;
        this.keys = keys;
        this.routes = routes;
        this.metrics = metrics;
        this.connections = new Connections(vertx, limits);
        this.server = vertx.createHttpServer(new HttpServerOptions()
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEAD_BYTES)
                .setTcpKeepAlive(true)
                .setHandle100ContinueAutomatically(false)
                .setHttp2ClearTextEnabled(false));
    }

    /**
     * Listens.
     *
     * @param port 0 takes any
     * @return the port
     */
    Future<Integer> listen(String host, int port) {
        return server.connectionHandler(this::connected)
                .requestHandler(this::answer)
                .invalidRequestHandler(request -> {
                    var unused = request.connection().close();
                })
                .listen(port, host)
                .map(HttpServer::actualPort);
    }

    /** Connections that are open. */
    int connections() {
        return connections.count();
    }

    /** Whether clients are being sent elsewhere. */
    boolean isLeaving() {
        return connections.isLeaving();
    }

    /** Requests whose answer is not complete. */
    int exchanges() {
        return exchanges.get();
    }

    private void connected(HttpConnection connection) {
        if (!connections.take(connection)) {
            metrics.refused("connections");
        }
    }

    private void answer(HttpServerRequest request) {
        Runnable end = connections.begin(request.connection());
        exchanges.incrementAndGet();
        request.response().headersEndHandler(head -> {
            if (connections.isLeaving()) {
                request.response().putHeader("Connection", "close");
                connections.announce(request.connection());
            }
        });
        Exchange exchange = new Exchange(request, vertx.getOrCreateContext());
        exchange.whenOver(() -> over(end));
        try {
            String key = keys.client(request.getHeader("Authorization"));
            exchange.client(key == null ? address(request) : key);
            routes.answer(exchange);
        } catch (ApiException e) {
            metrics.refused(e.cause());
            exchange.fail(e);
        }
    }

    private static String address(HttpServerRequest request) {
        return request.remoteAddress() == null
                ? ""
                : String.valueOf(request.remoteAddress().hostAddress());
    }

    private void over(Runnable end) {
        exchanges.decrementAndGet();
        end.run();
    }

    /**
     * Sends clients elsewhere before requests are refused: for a while everything is answered as before, but each answer
     * says that its connection closes, so that clients which keep connections make new ones, to whoever takes them now.
     * Connections that were quiet all the while are closed then.
     */
    void leave(Duration farewell) throws InterruptedException {
        connections.leave();
        Thread.sleep(farewell);
        connections.closeIdle();
    }

    /** Waits, within bounds, until no answer is under way; then listens no more. */
    void close(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (exchanges.get() > 0 && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
