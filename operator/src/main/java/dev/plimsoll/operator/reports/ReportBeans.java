package dev.plimsoll.operator.reports;

import dev.plimsoll.operator.OperatorConfig;
import dev.plimsoll.operator.Vitals;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Random;

/** The poller as it is configured. */
@Singleton
class ReportBeans {
    @Produces
    @Singleton
    ReportPoller poller(
            OperatorConfig config, KubernetesClient client, Clock clock, Vitals vitals, MeterRegistry registry) {
        ReportRoute route =
                switch (config.reports().via()) {
                    case PodIP -> new PodNetwork(config.reports().deadline());
                    case ApiServerProxy ->
                        new ApiServerProxy(client, config.reports().deadline());
                };
        return new ReportPoller(
                route,
                new Pace(config.pollLoading(), config.pollServing(), new Random()),
                config.stale(),
                clock,
                vitals,
                new ReportMetrics(registry));
    }
}
