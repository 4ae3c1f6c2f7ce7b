package dev.plimsoll.server.http;

import dev.plimsoll.server.generation.Generator;
import dev.plimsoll.server.generation.Handle;
import dev.plimsoll.server.generation.VectorListener;
import dev.plimsoll.server.openai.ApiException;
import dev.plimsoll.server.openai.EmbeddingAnswer;
import java.util.concurrent.Executor;

/** One request for embeddings from its submission to its answer. */
final class EmbeddingExchange implements VectorListener {
    private final Exchange exchange;
    private final EmbeddingAnswer answer;
    private final Errors errors;
    private final RequestMetrics metrics;
    private final SerialTasks tasks;
    private boolean ended;

    EmbeddingExchange(
            Exchange exchange, EmbeddingAnswer answer, Errors errors, RequestMetrics metrics, Executor texts) {
        this.exchange = exchange;
        this.answer = answer;
        this.errors = errors;
        this.metrics = metrics;
        this.tasks = new SerialTasks(texts, exchange.id());
    }

    /** Hands the inputs to the engine; from now on they end when the client goes. */
    void submit(Generator generator) {
        Handle submitted = generator.embed(answer.inputs(), this);
        metrics.taken(answer.tokens());
        exchange.whenOver(() -> {
            submitted.cancel();
            if (exchange.isGone()) {
                metrics.failed("client_gone");
            }
        });
    }

    @Override
    public String request() {
        return exchange.id();
    }

    @Override
    public void admitted() {
        metrics.queued(exchange.age());
    }

    @Override
    public void embedded(int index, float[] vector) {
        tasks.execute(() -> {
            if (answer.take(index, vector) && !ended) {
                ended = true;
                metrics.finished("stop", 0, exchange.age());
                exchange.answer(200, answer.answer());
            }
        });
    }

    @Override
    public void failed(Exception cause) {
        tasks.execute(() -> {
            if (!ended) {
                ended = true;
                ApiException error = errors.of(exchange, cause);
                metrics.failed(error.cause());
                exchange.fail(error);
            }
        });
    }
}
