package dev.plimsoll.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.GenerationDefaults;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.lifecycle.ServedModel;
import dev.plimsoll.server.openai.Served;
import dev.plimsoll.server.tokenization.ChatEncoder;
import dev.plimsoll.server.tokenization.Tokenizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The API on a port of loopback, in this process, over a generator that counts; prompts are token ids. */
final class TestApi implements AutoCloseable {
    static final int MAX_TOKENS = 100_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    final CountingGenerator generator;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final int port;
    volatile Phase phase = Phase.Serving;
    volatile Architecture.Task task = Architecture.Task.GENERATE;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final OpenAiApi api;
    final Routes routes = new Routes();
    private final ApiServer server;

    TestApi(HttpLimits limits, ApiKeys keys, CountingGenerator generator) {
        this.generator = generator;
        RequestMetrics metrics = new RequestMetrics(registry, "counting");
        Served served = new Served(
                "counting", CountingGenerator.VOCABULARY, MAX_TOKENS, 3, null, null, GenerationDefaults.none(Set.of()));
        this.api = new OpenAiApi(new Model(), () -> generator, served, limits, metrics, vertx, "1.2.3");
        api.addTo(routes);
        this.server = new ApiServer(vertx, limits, keys, routes, metrics);
        this.port = server.listen("127.0.0.1", 0)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    static TestApi open() {
        return new TestApi(HttpLimits.DEFAULT, ApiKeys.none(), new CountingGenerator(10_000, 0));
    }

    /** The usual limits, but for the time of heads and bodies, and for that of clients that take nothing. */
    static HttpLimits limits(Duration receiving, Duration stalled) {
        HttpLimits d = HttpLimits.DEFAULT;
        return new HttpLimits(
                d.connections(),
                d.bodyBytes(),
                d.bodiesBytes(),
                d.smallBodyBytes(),
                receiving,
                receiving,
                d.bytesPerSecond(),
                d.unsentBytes(),
                d.allUnsentBytes(),
                d.answersBytes(),
                stalled,
                d.answer(),
                d.step());
    }

    private final class Model implements ServedModel {
        @Override
        public String name() {
            return "counting";
        }

        @Override
        public Architecture.Task task() {
            return task;
        }

        @Override
        public int vocabulary() {
            return CountingGenerator.VOCABULARY;
        }

        @Override
        public int maxSequenceTokens() {
            return MAX_TOKENS;
        }

        @Override
        public @Nullable Tokenizer tokenizer() {
            return null;
        }

        @Override
        public @Nullable ChatEncoder chats() {
            return null;
        }

        @Override
        public GenerationDefaults generationDefaults() {
            return GenerationDefaults.none(Set.of());
        }

        @Override
        public Phase phase() {
            return phase;
        }

        @Override
        public @Nullable Scheduler scheduler() {
            return null;
        }

        @Override
        public Instant startedAt() {
            return Instant.EPOCH;
        }
    }

    int exchanges() {
        return server.exchanges();
    }

    int connections() {
        return server.connections();
    }

    void leave(Duration farewell) throws InterruptedException {
        server.leave(farewell);
    }

    boolean isLeaving() {
        return server.isLeaving();
    }

    double unsentBytes() {
        return registry.get("plimsoll.http.unsent.bytes").gauge().value();
    }

    /** A request and its answer, whatever the status. */
    HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    JsonNode post(String path, String body) throws IOException, InterruptedException {
        return JSON.readTree(send("POST", path, body).body());
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    /** A connection of which nothing was read. */
    Socket connect(String bytes) throws IOException {
        return connect(bytes, 0);
    }

    /**
     * A connection of which nothing was read.
     *
     * @param buffer bytes that are received before they are read; 0 as many as usual
     */
    Socket connect(String bytes, int buffer) throws IOException {
        Socket socket = new Socket();
        if (buffer > 0) {
            socket.setReceiveBufferSize(buffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    static String request(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Override
    public void close() {
        generator.close();
        try {
            server.close(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        api.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
