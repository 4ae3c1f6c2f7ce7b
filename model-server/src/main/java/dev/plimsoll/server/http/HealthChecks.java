package dev.plimsoll.server.http;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.server.generation.Scheduler;
import dev.plimsoll.server.lifecycle.ModelServer;
import io.quarkus.vertx.http.ManagementInterface;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Started: planned, and loading began. Live: nothing failed, and no step hangs. Ready: the whole model is loaded and
 * answers.
 */
@Singleton
class HealthChecks {
    private final ModelServer server;
    private final LivenessProbe liveness;

    HealthChecks(ModelServer server) {
        this.server = server;
        this.liveness = new LivenessProbe(server::phase, new Watchdog(HttpLimits.DEFAULT.step(), () -> {
            Scheduler scheduler = server.scheduler();
            return scheduler == null ? Duration.ZERO : scheduler.step();
        }));
    }

    void routes(@Observes ManagementInterface management) {
        liveness.addTo(management.router());
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> response("started", !server.phase().equals(Phase.Starting));
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> response("engine", liveness.lives());
    }

    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> response("model", server.phase().equals(Phase.Serving));
    }

    private HealthCheckResponse response(String name, boolean up) {
        return HealthCheckResponse.named(name)
                .status(up)
                .withData("phase", server.phase().toString())
                .build();
    }
}
