package dev.plimsoll.server.cli;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.server.lifecycle.ModelServer;
import dev.plimsoll.server.lifecycle.Reporter;
import io.quarkus.runtime.Quarkus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A planned server on its way from its first thread to its exit code: the model loads while the ports open. */
final class Serving {
    private static final Logger LOG = Logger.getLogger(Serving.class);

    private final ModelServer server;
    private final DrainTime drainTime = DrainTime.of(System.getenv(DrainTime.VARIABLE));
    private final Reporter reporter;
    private final CompletableFuture<@Nullable Void> listening = new CompletableFuture<>();
    private final CompletableFuture<Failure> failed = new CompletableFuture<>();

    Serving(ModelServer server) {
        this.server = server;
        this.reporter = new Reporter(server);
    }

    ModelServer server() {
        return server;
    }

    Reporter reporter() {
        return reporter;
    }

    /**
     * Serves until told to stop.
     *
     * @return the exit code
     * @throws dev.plimsoll.server.PlimsollException {@code InvalidCheckpoint} when the tokenizer cannot be used
     */
    int untilStopped() {
        Application.serves(this);
        drainTime.settings().forEach(System::setProperty);
        Thread.ofPlatform().name("engine").start(() -> server.run(listening, failed::complete));
        server.awaitTokenizer();
        AtomicInteger exit = new AtomicInteger(ExitCode.OK.code());
        Quarkus.run(Application.class, (code, thrown) -> exit.set(thrown == null ? code : ExitCode.FAILED.code()));
        Failure failure = failed.getNow(null);
        if (failure == null) {
            return exit.get();
        }
        TerminationMessage.write(failure);
        return ExitCode.of(failure.reason()).code();
    }

    /** The ports are open; returns when the process is told to stop, or the server failed. */
    void listening() {
        listening.complete(null);
        var unusedStage = failed.thenAccept(
                failure -> Quarkus.asyncExit(ExitCode.of(failure.reason()).code()));
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("memory-sampler").factory());
        var unused = sampler.scheduleAtFixedRate(reporter::sample, 0, 100, TimeUnit.MILLISECONDS);
        Quarkus.waitForExit();
        sampler.shutdownNow();
    }

    /** Not ready from now on; the ports stay open for what runs, whose time is counted from now. */
    void drain() {
        server.drain();
        Thread.ofPlatform().daemon().name("drain").start(this::awaitDrained);
    }

    private void awaitDrained() {
        try {
            if (server.awaitDrained(drainTime.limit())) {
                LOG.info("drained");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
