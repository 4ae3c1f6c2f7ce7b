package dev.plimsoll.server.http;

import java.time.Duration;
import java.util.function.Supplier;

/** Tells a step that does not end: a GPU that fell off its bus, a read that hangs. */
final class Watchdog {
    private final Duration limit;
    private final Supplier<Duration> step;

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
        return step.get().compareTo(limit) > 0;
    }
}
