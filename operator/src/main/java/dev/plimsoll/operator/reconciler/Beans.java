package dev.plimsoll.operator.reconciler;

import io.javaoperatorsdk.operator.api.config.InformerStoppedHandler;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.quarkus.arc.Unremovable;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jboss.logging.Logger;

/**
 * What the framework and others are given that has no class of its own. The framework looks its own up by hand, which
 * the build does not see: without {@code @Unremovable} they are not there.
 */
@Singleton
class Beans {
    private static final Logger LOG = Logger.getLogger(Beans.class);

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    /** The framework's own meters are one for each ModelDeployment and event: none of them is read. */
    @Produces
    @Singleton
    @Unremovable
    Metrics metrics() {
        return Metrics.NOOP;
    }

    /** An informer that has stopped sees nothing any more; without it every status would go on saying what it said. */
    @Produces
    @Singleton
    @Unremovable
    InformerStoppedHandler informerStopped() {
        return (informer, thrown) -> {
            if (thrown != null) {
                LOG.fatalf(
                        thrown,
                        "the informer of %s has stopped: the process ends, to be started again",
                        informer.getApiTypeClass());
                Thread.ofPlatform().start(() -> System.exit(1));
            }
        };
    }
}
