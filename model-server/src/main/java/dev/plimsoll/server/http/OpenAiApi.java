package dev.plimsoll.server.http;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.server.FairExecutor;
import dev.plimsoll.server.architecture.Architecture.Task;
import dev.plimsoll.server.generation.Generator;
import dev.plimsoll.server.lifecycle.ServedModel;
import dev.plimsoll.server.openai.Answers;
import dev.plimsoll.server.openai.ApiException;
import dev.plimsoll.server.openai.Caller;
import dev.plimsoll.server.openai.EmbeddingAnswer;
import dev.plimsoll.server.openai.Generations;
import dev.plimsoll.server.openai.OpenApi;
import dev.plimsoll.server.openai.Prepared;
import dev.plimsoll.server.openai.RequestReader;
import dev.plimsoll.server.openai.Served;
import dev.plimsoll.server.openai.Tokenization;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAI API over HTTP. Bodies are received on the connection's thread; they are parsed, rendered and tokenized on a
 * few threads that clients take turns on; tokens become text on others. None of these is the engine's, or that of
 * health checks.
 */
final class OpenAiApi implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(5);
    /** Where vLLM and others rank and score. */
    private static final List<String> SCORES = List.of(
            "/rerank", "/v1/rerank", "/v2/rerank", "/score", "/v1/score", "/classify", "/v1/classify", "/pooling");

    private static final String NO_SCORES = "is not served: no family that is served has a head that scores, ranks or"
            + " classifies texts; those of an encoder can be compared by their /v1/embeddings";

    private final ServedModel model;
    private final Supplier<? extends @Nullable Generator> generator;
    private final Served served;
    private final HttpLimits limits;
    private final RequestMetrics metrics;
    private final Vertx vertx;
    private final String version;
    private final BodyMemory bodies;
    private final Generations generations;
    private final FairExecutor preparing;
    private final ExecutorService texts;
    private final AtomicLong unsent = new AtomicLong();
    private final KeptAnswers kept;
    private final Errors errors;

    /**
     * For one model.
     *
     * @param generator takes requests; null before it is ready
     * @param version of the server, for clients
     */
    OpenAiApi(
            ServedModel model,
            Supplier<? extends @Nullable Generator> generator,
            Served served,
            HttpLimits limits,
            RequestMetrics metrics,
            Vertx vertx,
            String version) {
        this.model = model;
        this.version = version;
        this.generator = generator;
        this.served = served;
        this.limits = limits;
        this.metrics = metrics;
        this.vertx = vertx;
        this.bodies = new BodyMemory(limits);
        this.generations = new Generations(served, limits.answer());
        int cores = Runtime.getRuntime().availableProcessors();
        this.preparing = new FairExecutor("prepare", Math.max(2, Math.min(8, cores)));
        this.texts = Executors.newFixedThreadPool(
                Math.max(2, Math.min(8, cores / 2)),
                Thread.ofPlatform().daemon().name("text-", 0).factory());
        this.errors = new Errors(metrics);
        metrics.gauge("plimsoll.http.bodies.bytes", bodies, BodyMemory::bytes);
        this.kept = new KeptAnswers(limits.answersBytes());
        metrics.gauge("plimsoll.http.answers.bytes", kept, KeptAnswers::bytes);
        metrics.gauge("plimsoll.http.unsent.bytes", unsent, AtomicLong::doubleValue);
        metrics.gauge("plimsoll.http.preparing", preparing, FairExecutor::waiting);
    }

    void addTo(Routes routes) {
        for (String path : SCORES) {
            routes.refuse(path, NO_SCORES);
        }
        routes.get("/v1/models", exchange -> exchange.answer(200, new Answers.Models("list", List.of(listed()))))
                .getUnder("/v1/models/", this::model)
                .post(
                        "/v1/chat/completions",
                        exchange -> generate(exchange, body -> {
                            return generations.chat(RequestReader.chat(body), caller(exchange));
                        }))
                .post(
                        "/v1/completions",
                        exchange -> generate(exchange, body -> {
                            return generations.completion(RequestReader.completion(body), caller(exchange));
                        }))
                .post("/v1/embeddings", this::embed)
                .get("/openapi.json", exchange -> exchange.answer(200, OpenApi.document()))
                .get("/version", exchange -> exchange.answer(200, new Answers.Version(version)))
                .post("/tokenize", exchange -> tokenization(exchange, Tokenization::tokenize))
                .post("/detokenize", exchange -> tokenization(exchange, Tokenization::detokenize));
    }

    private static Caller caller(Exchange exchange) {
        return new Caller(exchange.client(), exchange.id());
    }

    private Answers.Model listed() {
        return new Answers.Model(
                served.name(), "model", model.startedAt().getEpochSecond(), "plimsoll", served.maxSequenceTokens());
    }

    private void model(Exchange exchange, String id) {
        String asked = URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8);
        if (asked.equals(served.name())) {
            exchange.answer(200, listed());
        } else {
            exchange.fail(ApiException.modelNotFound("the model is not served here; served: " + served.name()));
        }
    }

    private void generate(Exchange exchange, Function<InputStream, Prepared> prepare) {
        receive(exchange, body -> {
            Generator generator = ready(Task.GENERATE);
            Prepared prepared = prepare.apply(body);
            return () -> new GenerationExchange(exchange, prepared, errors, metrics, texts, kept, this::events)
                    .submit(generator);
        });
    }

    private EventStream events(Exchange exchange) {
        return new EventStream(exchange, vertx, limits, unsent);
    }

    private void embed(Exchange exchange) {
        receive(exchange, body -> {
            Generator generator = ready(Task.EMBED);
            EmbeddingAnswer answer =
                    EmbeddingAnswer.of(served, RequestReader.embeddings(body), exchange.client(), limits.answer());
            return () -> new EmbeddingExchange(exchange, answer, errors, metrics, texts).submit(generator);
        });
    }

    private void tokenization(Exchange exchange, TokenizationAnswer answering) {
        receive(exchange, body -> {
            Object answer = answering.answer(served, body);
            return () -> exchange.answer(200, answer);
        });
    }

    @FunctionalInterface
    private interface TokenizationAnswer {
        Object answer(Served served, InputStream body);
    }

    /**
     * Receives a body and has it prepared in its client's turn; the memory of the body is given back before what was
     * prepared is run.
     */
    private void receive(Exchange exchange, Function<InputStream, Runnable> prepare) {
        if (!model.phase().equals(Phase.Serving)) {
            refuse(exchange, notReady());
            return;
        }
        BodyMemory.Share share = bodies.of(exchange.client());
        exchange.whenOver(share::close);
        BodyReader.read(exchange, vertx, limits, share, body -> {
            Generator.Expected expected = expect();
            exchange.whenOver(expected::close);
            preparing.execute(exchange.client(), () -> {
                try {
                    run(exchange, share, () -> prepare.apply(body));
                } finally {
                    expected.close();
                }
            });
        });
    }

    private Generator.Expected expect() {
        Generator ready = generator.get();
        return ready == null ? () -> {} : ready.expect();
    }

    private void run(Exchange exchange, BodyMemory.Share share, Supplier<Runnable> prepare) {
        if (exchange.isGone()) {
            metrics.failed("client_gone");
            return;
        }
        try {
            Runnable prepared;
            try {
                prepared = prepare.get();
            } finally {
                share.close();
            }
            prepared.run();
        } catch (RuntimeException | StackOverflowError e) {
            refuse(exchange, errors.of(exchange, e));
        } catch (OutOfMemoryError e) {
            refuse(
                    exchange,
                    ApiException.unavailable(
                            SOON, "requests_out_of_memory", "there was no memory for this request; try again"));
        }
    }

    private void refuse(Exchange exchange, ApiException error) {
        metrics.refused(error.cause());
        exchange.fail(error);
    }

    private Generator ready(Task task) {
        Generator ready = generator.get();
        if (ready == null || !model.phase().equals(Phase.Serving)) {
            throw notReady();
        }
        if (model.task() != task) {
            throw ApiException.invalid(
                    "model",
                    served.name()
                            + (task == Task.EMBED
                                    ? " completes texts: it makes no embeddings"
                                    : " makes embeddings: it cannot complete a text"));
        }
        return ready;
    }

    private ApiException notReady() {
        return ApiException.unavailable(SOON, "not_ready", "the model is not ready: " + model.phase());
    }

    @Override
    public void close() {
        preparing.close();
        generations.close();
        texts.shutdownNow();
    }
}
