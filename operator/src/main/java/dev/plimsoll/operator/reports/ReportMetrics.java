package dev.plimsoll.operator.reports;

import dev.plimsoll.operator.replicas.ReportFailure;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Meters of the polling. */
final class ReportMetrics {
    private final MeterRegistry registry;

    ReportMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void oldestReport(Supplier<Number> seconds) {
        Gauge.builder("plimsoll.reports.oldest", seconds)
                .description("Age of the oldest report among the latest reports of the pods that are asked")
                .baseUnit("seconds")
                .register(registry);
    }

    /** The end of a question; without a failure, it had an answer. */
    void answered(@Nullable ReportFailure failure, Duration took) {
        if (failure == null) {
            registry.timer("plimsoll.reports.poll").record(took);
        } else {
            registry.counter(
                            "plimsoll.reports.failures",
                            "cause",
                            failure.cause().word())
                    .increment();
        }
    }
}
