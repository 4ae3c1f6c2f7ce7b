package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What the thread that owns the engine does: load, serve, end. Whatever ends it but a drain, an {@link Error} included,
 * is a failure of the server: as long as it is {@link Phase#Serving}, this thread runs.
 */
final class EngineThread {
    private static final Logger LOG = Logger.getLogger(EngineThread.class);
    private static final Duration ABORT = Duration.ofSeconds(2);

    private final LifecycleState state = new LifecycleState();
    private final Function<Runnable, Steps> load;
    private final CountDownLatch ended = new CountDownLatch(1);

    private volatile @Nullable Steps steps;
    private volatile @Nullable Failure failure;

    /** The steps of a loaded model, as the thread that runs them sees them. */
    interface Steps {
        /** Runs until drained. */
        void run() throws InterruptedException;

        /** Takes nothing new; lets {@link #run} return when what it has is done. */
        void drain();

        /** As {@link #drain}, but what it has fails. */
        void abort(RuntimeException cause);
    }

    /** @param load loads the model on this thread; told what to call when every weight is in its place */
    EngineThread(Function<Runnable, Steps> load) {
        this.load = load;
    }

    /**
     * Loads and serves on the calling thread until drained.
     *
     * @param listening done when the ports are open: nothing is ready before
     * @param onReady called right before it is {@link Phase#Serving}
     * @param onFailure told why, when the model cannot be served (any more)
     */
    @SuppressWarnings("CatchThrowable")
    void run(CompletableFuture<?> listening, Runnable onReady, Consumer<Failure> onFailure) {
        try {
            state.advance(Phase.Loading);
            Steps loaded = load.apply(() -> state.advance(Phase.WarmingUp));
            listening.join();
            steps = loaded;
            onReady.run();
            if (state.advanced(Phase.Serving)) {
                loaded.run();
                if (!phase().equals(Phase.Draining)) {
                    throw new IllegalStateException("it stopped without being told to");
                }
            }
        } catch (Throwable thrown) {
            fail(thrown, onFailure);
        } finally {
            ended.countDown();
        }
    }

    /** The phase changes before anything else is tried, which may fail as well. */
    private void fail(Throwable thrown, Consumer<Failure> onFailure) {
        state.advance(Phase.Failed);
        Failure cause = PlimsollException.failureOf("the engine failed", thrown);
        failure = cause;
        try {
            if (thrown instanceof PlimsollException) {
                LOG.error(cause.message());
            } else {
                LOG.error(cause.message(), thrown);
            }
        } finally {
            onFailure.accept(cause);
        }
    }

    Phase phase() {
        return state.phase();
    }

    /** Why it failed; null when it did not. */
    @Nullable
    Failure failure() {
        return failure;
    }

    /** Takes no more requests from now on, and is not ready; those that run or wait are finished. */
    void drain() {
        state.advance(Phase.Draining);
        Steps running = steps;
        if (running != null) {
            running.drain();
        }
    }

    /**
     * Waits for what runs and waits once it drains; fails what is not finished by then.
     *
     * @return whether all of it was finished
     */
    boolean awaitDrained(Duration limit) throws InterruptedException {
        Steps running = steps;
        if (running == null || ended.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            return true;
        }
        LOG.warnf("requests are not finished after %d s of draining", limit.toSeconds());
        running.abort(new PlimsollException(
                Reason.EngineFailed,
                "the server was told to stop and has no more time for this request: send it again"));
        if (!ended.await(ABORT.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("a step does not end: its requests hear nothing");
        }
        return false;
    }
}
