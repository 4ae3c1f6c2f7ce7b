package dev.plimsoll.operator;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What this process does not get over: an {@link Error} anywhere. From then on it calls itself dead. */
@Singleton
public class Vitals {
    private static final Logger LOG = Logger.getLogger(Vitals.class);

    private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();

    /** Notes what cannot be got over; only the first one is kept. */
    public void fatal(Throwable error) {
        if (fatal.compareAndSet(null, error)) {
            LOG.fatal("this process does not get over it and waits to be restarted", error);
        }
    }

    public Optional<Throwable> fatal() {
        return Optional.ofNullable(fatal.get());
    }
}
