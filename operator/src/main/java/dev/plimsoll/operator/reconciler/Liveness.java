package dev.plimsoll.operator.reconciler;

import dev.plimsoll.operator.Vitals;
import dev.plimsoll.operator.reports.ReportPoller;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.RuntimeInfo;
import io.javaoperatorsdk.operator.health.EventSourceHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Whether this process still does what it is for. It is not when an informer has stopped, when the polling has, or once
 * an {@link Error} was thrown: then it is to be restarted. An API server that cannot be reached is no reason; nor is
 * not being the leader.
 */
@org.eclipse.microprofile.health.Liveness
@ApplicationScoped
class Liveness implements HealthCheck {
    private static final Duration LATE = Duration.ofSeconds(30);

    private final Operator operator;
    private final ReportPoller reports;
    private final Vitals vitals;

    Liveness(Operator operator, ReportPoller reports, Vitals vitals) {
        this.operator = operator;
        this.reports = reports;
        this.vitals = vitals;
    }

    @Override
    public HealthCheckResponse call() {
        List<String> dead = Stream.of(error(), polling(), informers())
                .flatMap(Optional::stream)
                .toList();
        var response = HealthCheckResponse.named("operator").status(dead.isEmpty());
        return dead.isEmpty()
                ? response.build()
                : response.withData("dead", String.join("; ", dead)).build();
    }

    private Optional<String> error() {
        return vitals.fatal().map(error -> "an error was thrown: " + error);
    }

    private Optional<String> polling() {
        return reports.sinceLastTick()
                .filter(since -> since.compareTo(LATE) > 0)
                .map(since -> "reports were last asked for " + since.toSeconds() + " s ago");
    }

    private Optional<String> informers() {
        RuntimeInfo running = operator.getRuntimeInfo();
        if (!running.isStarted()) {
            return Optional.empty();
        }
        List<String> stopped = running.getRegisteredControllers().stream()
                .map(controller -> controller.getControllerHealthInfo())
                .flatMap(health -> health.eventSourceHealthIndicators().entrySet().stream())
                .filter(source -> hasStopped(source.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        return stopped.isEmpty() ? Optional.empty() : Optional.of("informers have stopped: " + stopped);
    }

    private static boolean hasStopped(EventSourceHealthIndicator source) {
        return source instanceof InformerWrappingEventSourceHealthIndicator<?> informers
                && informers.informerHealthIndicators().values().stream().anyMatch(informer -> !informer.isRunning());
    }
}
