package dev.plimsoll.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Work on a thread of its own. What goes wrong there is thrown where its result is awaited. */
public final class Background<T> {
    private final CompletableFuture<T> work;

    private Background(CompletableFuture<T> work) {
        this.work = work;
    }

    public static <T> Background<T> start(String thread, Supplier<T> work) {
        return start(run -> Thread.ofPlatform().daemon().name(thread).start(run), work);
    }

    /** On a thread that is lent for it. */
    public static <T> Background<T> start(Executor threads, Supplier<T> work) {
        return new Background<>(CompletableFuture.supplyAsync(work, threads));
    }

    /** Waits until it has ended, well or not. */
    public void join() {
        work.exceptionally(failure -> null).join();
    }

    /** The result, or what went wrong. */
    public T await() {
        try {
            return work.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw e;
            }
        }
    }
}
