package dev.plimsoll.server.http;

import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.generation.Generator;
import dev.plimsoll.server.generation.Handle;
import dev.plimsoll.server.generation.TokenListener;
import dev.plimsoll.server.openai.AnswerSink;
import dev.plimsoll.server.openai.ApiException;
import dev.plimsoll.server.openai.GenerationAnswer;
import dev.plimsoll.server.openai.Prepared;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One generation from its submission to its last byte. The engine's thread only hands tokens over; they become text and
 * JSON in their order on other threads.
 */
final class GenerationExchange implements AnswerSink {
    /**
     * Tokens that wait to become text: beyond, sequences are paused until they are a quarter. A client that takes nothing has
     * them as events on top of what may wait for it, however late that is noticed.
     */
    static final int MOST_TOKENS = 128;

    private final Exchange exchange;
    private final Prepared prepared;
    private final Errors errors;
    private final RequestMetrics metrics;
    private final SerialTasks tasks;
    private final EventStream events;
    private final KeptAnswers.Share kept;
    private final GenerationAnswer answer;
    private @Nullable Handle handle;
    private int waitingTokens;
    private boolean textIsBehind;
    private boolean clientIsBehind;
    private boolean ended;

    GenerationExchange(
            Exchange exchange,
            Prepared prepared,
            Errors errors,
            RequestMetrics metrics,
            Executor texts,
            KeptAnswers kept,
            Function<Exchange, EventStream> events) {
        this.exchange = exchange;
        this.prepared = prepared;
        this.errors = errors;
        this.metrics = metrics;
        this.tasks = new SerialTasks(texts, exchange.id());
        this.events = events.apply(exchange);
        this.answer = prepared.answer().apply(this);
        this.events.whenBehind(this::clientIsBehind);
        this.kept = kept.new Share();
        exchange.whenOver(this.kept::close);
        exchange.whenOver(prepared.release());
    }

    /** Hands the sequences to the engine; from now on they end when the client goes. */
    void submit(Generator generator) {
        List<Choice> choices = IntStream.range(0, prepared.sequences().size())
                .mapToObj(Choice::new)
                .toList();
        Handle submitted = generator.submit(prepared.sequences(), choices);
        metrics.taken(prepared.promptTokens());
        synchronized (this) {
            handle = submitted;
            if (textIsBehind || clientIsBehind) {
                submitted.pause();
            }
        }
        exchange.whenOver(() -> {
            submitted.cancel();
            if (exchange.isGone()) {
                metrics.failed("client_gone");
            }
        });
    }

    private synchronized void clientIsBehind(boolean now) {
        boolean before = textIsBehind || clientIsBehind;
        clientIsBehind = now;
        goOn(before);
    }

    private synchronized void tokensWait(int more) {
        boolean before = textIsBehind || clientIsBehind;
        waitingTokens += more;
        textIsBehind = waitingTokens > (textIsBehind ? MOST_TOKENS / 4 : MOST_TOKENS);
        goOn(before);
    }

    private void goOn(boolean wasPaused) {
        boolean pause = textIsBehind || clientIsBehind;
        if (handle != null && pause && !wasPaused) {
            handle.pause();
        } else if (handle != null && !pause && wasPaused) {
            handle.resume();
        }
    }

    /** One sequence as the engine tells of it. */
    private final class Choice implements TokenListener {
        private final int index;
        private volatile boolean complete;
        private long last;
        private int tokens;

        Choice(int index) {
            this.index = index;
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
        public void promptToken(GeneratedToken token) {
            tokensWait(1);
            tasks.execute(() -> guarded(() -> {
                tokensWait(-1);
                answer.promptToken(index, token);
            }));
        }

        @Override
        public boolean token(GeneratedToken token) {
            measure();
            tokensWait(1);
            tasks.execute(() -> guarded(() -> {
                tokensWait(-1);
                if (!complete) {
                    complete = !answer.token(index, token);
                }
            }));
            return !complete;
        }

        private void measure() {
            long now = System.nanoTime();
            if (tokens++ == 0) {
                metrics.firstToken(exchange.age());
            } else {
                metrics.token(Duration.ofNanos(now - last));
            }
            last = now;
        }

        @Override
        public void finished(FinishReason reason, @Nullable GeneratedToken endToken) {
            metrics.finished(reason == FinishReason.LENGTH ? "length" : "stop", tokens, exchange.age());
            tasks.execute(() -> guarded(() -> answer.finished(index, reason, endToken)));
        }

        @Override
        public void failed(Exception cause) {
            tasks.execute(() -> guarded(() -> answer.failed(cause)));
        }
    }

    /** What fails here ends this request alone. */
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | StackOverflowError e) {
            failed(e instanceof RuntimeException exception ? exception : new IllegalStateException(e));
        }
    }

    @Override
    public void chunk(Object chunk) {
        events.send(chunk);
    }

    @Override
    public void keeps(long bytes) {
        kept.keep(bytes);
    }

    @Override
    public void end() {
        ended = true;
        events.end();
    }

    @Override
    public void whole(Object whole) {
        ended = true;
        exchange.answer(200, whole);
    }

    @Override
    public void failed(Exception cause) {
        if (ended) {
            return;
        }
        ended = true;
        synchronized (this) {
            if (handle != null) {
                handle.cancel();
            }
        }
        ApiException error = errors.of(exchange, cause);
        metrics.failed(error.cause());
        exchange.failOr(error, () -> events.fail(error.body()));
    }
}
