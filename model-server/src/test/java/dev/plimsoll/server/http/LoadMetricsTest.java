package dev.plimsoll.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.loading.Progress;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Bytes, rate and remaining time of a load, as Prometheus sees them. */
class LoadMetricsTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicReference<Optional<Progress>> load = new AtomicReference<>(Optional.empty());

    @Test
    void followTheLoad() {
        LoadMetrics.register(registry, load::get);
        assertThat(value("done.bytes")).isNaN();

        load.set(Optional.of(Progress.NONE));
        assertThat(value("bytes.per.second")).isNaN();
        assertThat(value("remaining.seconds")).isNaN();

        load.set(Optional.of(new Progress(1000, 4000, 2_000_000_000L, null)));
        assertThat(value("done.bytes")).isEqualTo(1000);
        assertThat(value("size.bytes")).isEqualTo(4000);
        assertThat(value("seconds")).isEqualTo(2);
        assertThat(value("bytes.per.second")).isEqualTo(500);
        assertThat(value("remaining.seconds")).isEqualTo(6);
    }

    private double value(String name) {
        return registry.get("plimsoll.load." + name).gauge().value();
    }
}
