package dev.plimsoll.server.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Tells a step that does not end: a GPU that fell off its bus, a read that hangs. */
final class Watchdog {
    private static final Logger LOG = Logger.getLogger(Watchdog.class);

    private final Duration limit;
    private final Supplier<Duration> step;
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * Watches steps.
     *
     * @param limit that no step takes which ends
     * @param step how long the step that runs now has run; zero when none does
     */
    Watchdog(Duration limit, Supplier<Duration> step) {
        this.limit = limit;
        this.step = step;
    }

    boolean hangs() {
        Duration taken = step.get();
        boolean hangs = taken.compareTo(limit) > 0;
        if (told.getAndSet(hangs) != hangs && hangs) {
            LOG.errorf("a step of the engine has not ended for %d s: the server counts as dead", taken.toSeconds());
        }
        return hangs;
    }
}
