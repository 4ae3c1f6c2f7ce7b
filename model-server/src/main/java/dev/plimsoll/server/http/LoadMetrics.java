package dev.plimsoll.server.http;

import dev.plimsoll.server.loading.Progress;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** How far the load is, for Prometheus. NaN before it begins, and wherever nothing can be said yet. */
final class LoadMetrics {
    private LoadMetrics() {}

    static void register(MeterRegistry registry, Supplier<Optional<Progress>> load) {
        gauge(registry, load, "done.bytes", Progress::bytesDone);
        gauge(registry, load, "size.bytes", Progress::bytesTotal);
        gauge(registry, load, "seconds", Progress::seconds);
        gauge(registry, load, "bytes.per.second", p -> p.nanos() == 0 ? Double.NaN : p.bytesPerSecond());
        gauge(registry, load, "remaining.seconds", p -> p.remainingSeconds().orElse(Double.NaN));
    }

    private static void gauge(
            MeterRegistry registry, Supplier<Optional<Progress>> load, String name, ToDoubleFunction<Progress> value) {
        Gauge.builder("plimsoll.load." + name, load, l -> l.get()
                        .map(value::applyAsDouble)
                        .orElse(Double.NaN))
                .register(registry);
    }
}
