package dev.plimsoll.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.generation.Handle;
import dev.plimsoll.server.generation.InvalidSequenceException;
import dev.plimsoll.server.generation.OverloadedException;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.http.Answers.Completion;
import dev.plimsoll.server.http.Answers.Model;
import dev.plimsoll.server.http.Answers.Models;
import dev.plimsoll.server.lifecycle.ModelServer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The OpenAI API: models, completions, chat completions; whole answers or server-sent events. */
@Singleton
class OpenAiApi {
    private static final Logger LOG = Logger.getLogger(OpenAiApi.class);
    private static final long MAX_BODY_BYTES = 4 << 20;

    private final ModelServer server;
    private final ServerMetrics metrics;
    private final Vertx vertx;
    private final ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private final Set<Integer> endIds;

    OpenAiApi(ModelServer server, ServerMetrics metrics, Vertx vertx) {
        this.server = server;
        this.metrics = metrics;
        this.vertx = vertx;
        this.endIds = server.generationDefaults().endIds();
    }

    void routes(@Observes Router router) {
        BodyHandler body = BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES);
        router.get("/v1/models").handler(context -> send(context.response(), 200, models()));
        router.post("/v1/chat/completions").handler(body).blockingHandler(context -> complete(context, true), false);
        router.post("/v1/completions").handler(body).blockingHandler(context -> complete(context, false), false);
        router.post("/v1/embeddings").handler(body).blockingHandler(this::embed, false);
        router.route("/v1/*").failureHandler(this::fail);
        router.route("/v1/*").last().handler(context -> {
            throw ApiException.notFound(
                    context.request().method() + " " + context.normalizedPath() + " does not exist here");
        });
    }

    private Models models() {
        return new Models(
                "list",
                List.of(new Model(
                        server.settings().servedName(),
                        "model",
                        server.startedAt().getEpochSecond(),
                        "plimsoll",
                        server.plan().maxSequenceTokens())));
    }

    private void complete(RoutingContext context, boolean chat) {
        Scheduler scheduler = ready(Architecture.Task.GENERATE);
        CompletionRequest request = CompletionRequest.parse(chat, parse(context), server, endIds, client(context));
        EventStream sink = new EventStream(context, request.stream());
        CompletionAnswer answer = new CompletionAnswer(
                request,
                server.settings().servedName(),
                server.tokenizer(),
                sink,
                metrics.begin(request.prompt().length));
        cancelWhenClosed(context, submit(() -> scheduler.submit(request.generation(), answer)));
    }

    private void embed(RoutingContext context) {
        Scheduler scheduler = ready(Architecture.Task.EMBED);
        EmbeddingRequest request = EmbeddingRequest.parse(parse(context), server, client(context));
        EventStream sink = new EventStream(context, false);
        EmbeddingAnswer answer = new EmbeddingAnswer(request, server.settings().servedName(), sink::end, sink::failed);
        metrics.begin(request.tokens());
        cancelWhenClosed(context, submit(() -> scheduler.embed(request.inputs(), answer.listener())));
    }

    private static Handle submit(Supplier<Handle> request) {
        try {
            return request.get();
        } catch (OverloadedException e) {
            throw ApiException.overloaded(String.valueOf(e.getMessage()));
        } catch (InvalidSequenceException e) {
            throw ApiException.invalid(null, String.valueOf(e.getMessage()));
        }
    }

    private static String client(RoutingContext context) {
        return String.valueOf(context.request().remoteAddress().hostAddress());
    }

    private Scheduler ready(Architecture.Task task) {
        Scheduler scheduler = server.scheduler();
        if (scheduler == null || !server.phase().equals(Phase.Serving)) {
            throw ApiException.notReady("the model is not ready: " + server.phase());
        }
        if (server.architecture().task() != task) {
            throw ApiException.invalid(
                    "model",
                    server.settings().servedName()
                            + (task == Architecture.Task.EMBED
                                    ? " completes texts: it makes no embeddings"
                                    : " makes embeddings: it cannot complete a text"));
        }
        return scheduler;
    }

    private static void cancelWhenClosed(RoutingContext context, Handle request) {
        context.response().closeHandler(closed -> request.cancel());
        context.response().exceptionHandler(broken -> request.cancel());
    }

    private JsonNode parse(RoutingContext context) {
        byte[] bytes = context.body().buffer() == null
                ? new byte[0]
                : context.body().buffer().getBytes();
        try {
            JsonNode node = json.readTree(bytes);
            return node == null ? json.missingNode() : node;
        } catch (JsonProcessingException e) {
            throw ApiException.invalid(null, "the body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw ApiException.invalid(null, "the body cannot be read: " + e.getMessage());
        }
    }

    private void fail(RoutingContext context) {
        ApiException error =
                switch (context.failure()) {
                    case ApiException api -> api;
                    case null ->
                        context.statusCode() == 413
                                ? ApiException.tooLarge("the body has more than " + MAX_BODY_BYTES + " bytes")
                                : ApiException.internal("status " + context.statusCode());
                    case Throwable other -> {
                        LOG.error("a request failed", other);
                        yield ApiException.internal("the server failed to answer; its log says why");
                    }
                };
        if (error.status() == 503 || error.status() == 429) {
            context.response().putHeader("Retry-After", "1");
        }
        send(context.response(), error.status(), error.body());
    }

    private void send(HttpServerResponse response, int status, Object body) {
        if (!response.ended() && !response.headWritten()) {
            response.setStatusCode(status)
                    .putHeader("Content-Type", "application/json")
                    .end(text(body));
        }
    }

    private String text(Object body) {
        try {
            return json.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes an answer to one client; what the scheduler's thread gives is handed to the connection's own. */
    private final class EventStream implements CompletionAnswer.Sink {
        private final HttpServerResponse response;
        private final Context connection;
        private final boolean stream;

        EventStream(RoutingContext context, boolean stream) {
            this.response = context.response();
            this.connection = vertx.getOrCreateContext();
            this.stream = stream;
        }

        @Override
        public void part(Completion part) {
            connection.runOnContext(now -> write(text(part)));
        }

        /** An answer that is never streamed. */
        void end(EmbeddingAnswer.Embeddings embeddings) {
            metrics.finished();
            connection.runOnContext(now -> send(response, 200, embeddings));
        }

        @Override
        public void end(Completion whole) {
            metrics.finished();
            connection.runOnContext(now -> {
                if (!stream) {
                    send(response, 200, whole);
                } else if (!response.ended()) {
                    if (whole.usage() != null) {
                        write(text(whole));
                    }
                    write("[DONE]");
                    response.end();
                }
            });
        }

        @Override
        public void failed(Exception cause) {
            ApiException error = ApiException.internal("the engine failed: " + cause);
            connection.runOnContext(now -> {
                if (!response.headWritten()) {
                    send(response, error.status(), error.body());
                } else if (!response.ended()) {
                    write(text(error.body()));
                    response.end();
                }
            });
        }

        private void write(String data) {
            if (response.ended() || response.closed()) {
                return;
            }
            if (!response.headWritten()) {
                response.setChunked(true)
                        .putHeader("Content-Type", "text/event-stream")
                        .putHeader("Cache-Control", "no-cache");
            }
            response.write("data: " + data + "\n\n");
        }
    }
}
