package dev.plimsoll.operator.reconciler;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What is injected and has no class of its own. */
@Singleton
class Beans {
    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }
}
