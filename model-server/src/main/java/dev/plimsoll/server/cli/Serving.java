package dev.plimsoll.server.cli;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.server.lifecycle.ModelServer;
import dev.plimsoll.server.lifecycle.Reporter;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs a planned server inside Quarkus: the model loads on a thread of its own while the ports open. */
@Singleton
class Serving {
    private static final AtomicReference<@Nullable ModelServer> PLANNED = new AtomicReference<>();
    private static final CompletableFuture<@Nullable Void> LISTENING = new CompletableFuture<>();
    private static final CompletableFuture<Failure> FAILURE = new CompletableFuture<>();

    /**
     * Serves until told to stop.
     *
     * @return the exit code
     */
    static int until(ModelServer server) {
        PLANNED.set(server);
        Thread.ofPlatform().name("engine").start(() -> server.run(LISTENING, FAILURE::complete));
        AtomicReference<Integer> exit = new AtomicReference<>(ExitCode.OK.code());
        Quarkus.run(Application.class, (code, thrown) -> exit.set(thrown == null ? code : ExitCode.FAILED.code()));
        Failure failure = FAILURE.getNow(null);
        if (failure == null) {
            return exit.get();
        }
        TerminationMessage.write(failure);
        return ExitCode.of(failure.reason()).code();
    }

    @Produces
    @Singleton
    ModelServer server() {
        return Objects.requireNonNull(PLANNED.get(), "nothing was planned");
    }

    @Produces
    @Singleton
    Reporter reporter(ModelServer server) {
        return new Reporter(server);
    }

    /** Before the ports close: running requests are finished, new ones refused. */
    void drain(@Observes @Priority(1) ShutdownDelayInitiatedEvent event) {
        server().drain();
    }

    void stop(@Observes @Priority(1) ShutdownEvent event) {
        server().drain();
    }

    /** Runs once the ports are open. */
    public static class Application implements QuarkusApplication {
        private final Reporter reporter;

        Application(Reporter reporter) {
            this.reporter = reporter;
        }

        @Override
        public int run(String... arguments) {
            LISTENING.complete(null);
            var unusedStage = FAILURE.thenAccept(
                    failure -> Quarkus.asyncExit(ExitCode.of(failure.reason()).code()));
            ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("memory-sampler").factory());
            var unused = sampler.scheduleAtFixedRate(reporter::sample, 0, 100, TimeUnit.MILLISECONDS);
            Quarkus.waitForExit();
            sampler.shutdownNow();
            return ExitCode.OK.code();
        }
    }
}
