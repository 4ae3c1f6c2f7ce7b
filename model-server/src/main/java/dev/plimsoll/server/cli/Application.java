package dev.plimsoll.server.cli;

import dev.plimsoll.server.lifecycle.ModelServer;
import dev.plimsoll.server.lifecycle.Reporter;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What Quarkus runs. Its container makes beans from classes alone, so the server that was planned before is handed over
 * here, and nowhere else; everything behind it is constructed.
 */
public final class Application implements QuarkusApplication {
    private static final AtomicReference<@Nullable Serving> SERVED = new AtomicReference<>();

    static void serves(Serving serving) {
        SERVED.set(serving);
    }

    @Override
    public int run(String... arguments) {
        served().listening();
        return ExitCode.OK.code();
    }

    private static Serving served() {
        return Objects.requireNonNull(SERVED.get(), "nothing was planned");
    }

    /** The beans that HTTP is made of. */
    @Singleton
    static class Beans {
        @Produces
        @Singleton
        ModelServer server() {
            return served().server();
        }

        @Produces
        @Singleton
        Reporter reporter() {
            return served().reporter();
        }

        /** Before the ports close. */
        void drain(@Observes @Priority(1) ShutdownDelayInitiatedEvent event) {
            served().drain();
        }
    }
}
