package dev.plimsoll.server.http;

import dev.plimsoll.server.generation.EmbeddingInputs;
import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.generation.GenerationRequest;
import dev.plimsoll.server.generation.Generator;
import dev.plimsoll.server.generation.Handle;
import dev.plimsoll.server.generation.OverloadedException;
import dev.plimsoll.server.generation.TokenListener;
import dev.plimsoll.server.generation.VectorListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Generates what follows from the prompt alone: its sum plus 1, 2, 3, ... modulo the vocabulary, a token of every
 * sequence in each round, on one thread as an engine does.
 */
final class CountingGenerator implements Generator, AutoCloseable {
    static final int VOCABULARY = 1000;

    private final ConcurrentLinkedQueue<Running> running = new ConcurrentLinkedQueue<>();
    private final long pauseNanos;
    private final int most;
    private volatile @Nullable RuntimeException failure;
    private volatile boolean closed;

    private static final class Running {
        private final GenerationRequest request;
        private final TokenListener listener;
        private volatile boolean cancelled;
        private volatile boolean paused;
        private final AtomicInteger count = new AtomicInteger();

        Running(GenerationRequest request, TokenListener listener) {
            this.request = request;
            this.listener = listener;
        }
    }

    CountingGenerator(int most, long pauseNanos) {
        this.most = most;
        this.pauseNanos = pauseNanos;
        Thread.ofPlatform().daemon().name("counting-engine").start(this::run);
    }

    static List<Integer> tokens(int[] prompt, int count) {
        int sum = Arrays.stream(prompt).sum();
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> (sum + i) % VOCABULARY)
                .toList();
    }

    int running() {
        return running.size();
    }

    int paused() {
        return (int) running.stream().filter(one -> one.paused).count();
    }

    /** Tokens of those that run. */
    int made() {
        return running.stream().mapToInt(one -> one.count.get()).sum();
    }

    /** What all sequences fail with from now on. */
    void fail(RuntimeException cause) {
        failure = cause;
    }

    @Override
    public Expected expect() {
        return () -> {};
    }

    @Override
    public Handle submit(List<GenerationRequest> requests, List<? extends TokenListener> listeners) {
        if (running.size() + requests.size() > most) {
            throw new OverloadedException("too many requests");
        }
        List<Running> all = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            all.add(new Running(requests.get(i), listeners.get(i)));
        }
        running.addAll(all);
        return new Handle() {
            @Override
            public void cancel() {
                all.forEach(one -> one.cancelled = true);
            }

            @Override
            public void pause() {
                all.forEach(one -> one.paused = true);
            }

            @Override
            public void resume() {
                all.forEach(one -> one.paused = false);
            }
        };
    }

    @Override
    public Handle embed(EmbeddingInputs request, VectorListener listener) {
        for (int i = 0; i < request.inputs().size(); i++) {
            listener.embedded(i, new float[] {3, request.inputs().get(i).length, 0});
        }
        return () -> {};
    }

    private void run() {
        while (!closed) {
            running.removeIf(this::step);
            LockSupport.parkNanos(Math.max(pauseNanos, paused() == running.size() ? 1_000_000 : 0));
        }
    }

    /** Whether the sequence has ended. */
    private boolean step(Running one) {
        if (one.cancelled) {
            return true;
        }
        if (one.paused) {
            return false;
        }
        RuntimeException cause = failure;
        if (cause != null) {
            one.listener.failed(cause);
            return true;
        }
        if (one.count.get() == 0) {
            one.listener.admitted();
        }
        int count = one.count.incrementAndGet();
        int token = (Arrays.stream(one.request.prompt()).sum() + count) % VOCABULARY;
        if (!one.listener.token(new GeneratedToken(token, -1, List.of()))) {
            one.listener.finished(FinishReason.STOP, null);
            return true;
        }
        if (count == one.request.maxTokens()) {
            one.listener.finished(FinishReason.LENGTH, null);
            return true;
        }
        return false;
    }

    @Override
    public void close() {
        closed = true;
    }
}
