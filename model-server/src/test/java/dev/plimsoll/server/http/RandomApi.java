package dev.plimsoll.server.http;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.checkpoint.GenerationDefaults;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.lifecycle.ServedModel;
import dev.plimsoll.server.openai.RandomEngine;
import dev.plimsoll.server.openai.Served;
import dev.plimsoll.server.tokenization.ChatEncoder;
import dev.plimsoll.server.tokenization.ChatTemplate;
import dev.plimsoll.server.tokenization.Tokenizer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API on a port of loopback, in this process, over a scheduler and an engine that says anything that it may: for
 * clients that other people wrote.
 */
final class RandomApi implements AutoCloseable {
    static final String NAME = "random";

    private static final int MAX_TOKENS = 8192;
    private static final int END = 421;
    private static final String TEMPLATE =
            "{% if tools %}{{ tools | tojson }}<tool_call>{% endif %}{% for m in messages %}"
                    + "<|im_start|>{{ m.role }}\n{{ m.content }}{{ m.tool_calls }}<|im_end|>{% endfor %}<|im_start|>";

    private final Tokenizer tokenizer =
            Objects.requireNonNull(Tokenizer.open(Path.of("src/test/resources/tokenizers/qwen")));
    private final ChatEncoder chats =
            ChatEncoder.of(ChatTemplate.of(TEMPLATE, Map.of(), LocalDateTime::now), tokenizer);
    private final Scheduler scheduler = new Scheduler(new RandomEngine(tokenizer.vocabulary(), MAX_TOKENS, 1), 100);
    private final Vertx vertx = Vertx.vertx();
    private final OpenAiApi api;
    private final ApiServer server;
    private final int port;
    private final Thread engine;
    /** Requests that are told to come again. */
    volatile int unready;

    RandomApi() {
        RequestMetrics metrics = new RequestMetrics(new SimpleMeterRegistry(), NAME);
        Served served = new Served(
                NAME, tokenizer.vocabulary(), MAX_TOKENS, 1, tokenizer, chats, GenerationDefaults.none(Set.of(END)));
        api = new OpenAiApi(new Model(), () -> scheduler, served, HttpLimits.DEFAULT, metrics, vertx, "1.2.3");
        Routes routes = new Routes();
        api.addTo(routes);
        server = new ApiServer(vertx, HttpLimits.DEFAULT, ApiKeys.none(), routes, metrics);
        port = server.listen("127.0.0.1", 0)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        engine = Thread.ofPlatform().daemon().start(() -> {
            try {
                scheduler.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    String url() {
        return "http://127.0.0.1:" + port + "/v1";
    }

    private final class Model implements ServedModel {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Architecture.Task task() {
            return Architecture.Task.GENERATE;
        }

        @Override
        public int vocabulary() {
            return tokenizer.vocabulary();
        }

        @Override
        public int maxSequenceTokens() {
            return MAX_TOKENS;
        }

        @Override
        public @Nullable Tokenizer tokenizer() {
            return tokenizer;
        }

        @Override
        public @Nullable ChatEncoder chats() {
            return chats;
        }

        @Override
        public GenerationDefaults generationDefaults() {
            return GenerationDefaults.none(Set.of(END));
        }

        @Override
        public synchronized Phase phase() {
            if (unready == 0) {
                return Phase.Serving;
            }
            unready--;
            return Phase.WarmingUp;
        }

        @Override
        public @Nullable Scheduler scheduler() {
            return scheduler;
        }

        @Override
        public Instant startedAt() {
            return Instant.EPOCH;
        }
    }

    @Override
    public void close() {
        scheduler.abort(new IllegalStateException("the test is over"));
        try {
            engine.join();
            server.close(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        api.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        tokenizer.close();
    }
}
