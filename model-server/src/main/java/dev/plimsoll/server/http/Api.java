package dev.plimsoll.server.http;

import dev.plimsoll.server.lifecycle.ModelServer;
import dev.plimsoll.server.openai.Served;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Opens the port for clients when the process has started, on threads of its own: whatever clients do, the management
 * port answers. Told to end, it first sends clients elsewhere; it is closed last, when the answers that are under way are
 * complete.
 */
@Singleton
class Api {
    private static final Logger LOG = Logger.getLogger(Api.class);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(50);

    /** Of clients that keep their connections and ask now and then; what is left of the grace period covers it. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final ModelServer server;
    private final MeterRegistry registry;
    private final String host;
    private final int port;
    private final String version;
    private final ApiKeys keys;
    private final boolean generationDefaults;
    private @Nullable Vertx vertx;
    private @Nullable OpenAiApi openAi;
    private @Nullable ApiServer listening;

    Api(
            ModelServer server,
            MeterRegistry registry,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.port") int port,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "plimsoll.api-keys") Optional<Path> keys,
            @ConfigProperty(name = "plimsoll.generation-defaults", defaultValue = "true") boolean generationDefaults) {
        this.server = server;
        this.registry = registry;
        this.host = host;
        this.port = port;
        this.version = version;
        this.keys = keys.map(ApiKeys::of).orElseGet(ApiKeys::none);
        this.generationDefaults = generationDefaults;
    }

    void start(@Observes StartupEvent event) {
        HttpLimits limits = HttpLimits.DEFAULT;
        ServerMetrics.register(server, registry);
        RequestMetrics metrics = new RequestMetrics(registry, server.name());
        Vertx threads = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(Math.max(2, Runtime.getRuntime().availableProcessors() / 2))
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        OpenAiApi api = new OpenAiApi(server, server::scheduler, served(), limits, metrics, threads, version);
        Routes routes = new Routes();
        api.addTo(routes);
        ApiServer opened = new ApiServer(threads, limits, keys, routes, metrics);
        metrics.gauge("plimsoll.http.connections", opened, ApiServer::connections);
        int actual = opened.listen(host, port)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        LOG.infof("the API listens on http://%s:%d", host, actual);
        vertx = threads;
        openAi = api;
        listening = opened;
        server.observe((sequences, tokens, nanos) -> metrics.stepped(sequences, tokens));
    }

    private Served served() {
        return new Served(
                server.name(),
                server.vocabulary(),
                server.maxSequenceTokens(),
                server.architecture().shape().hidden(),
                server.tokenizer(),
                server.chats(),
                generationDefaults && server.settings().spec().serving().samplesAsCheckpointSays()
                        ? server.generationDefaults()
                        : server.generationDefaults().endIdsAlone());
    }

    /** Before the server drains, which refuses what is new. */
    void leave(@Observes @Priority(0) ShutdownDelayInitiatedEvent event) throws InterruptedException {
        if (listening != null) {
            listening.leave(FAREWELL);
        }
    }

    void stop(@Observes @Priority(1) ShutdownEvent event) throws InterruptedException {
        if (listening != null) {
            listening.close(LAST_ANSWERS);
        }
        if (openAi != null) {
            openAi.close();
        }
        if (vertx != null) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
