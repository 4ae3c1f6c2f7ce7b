package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.server.Terminal;
import dev.plimsoll.server.loading.Progress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Says how far a long load is: every second on a terminal, every ten in a log. */
final class ProgressLog implements Consumer<Progress> {
    private static final Logger LOG = Logger.getLogger(ProgressLog.class);

    private final Consumer<Progress> next;
    private final long intervalNanos = (Terminal.isInteractive() ? 1L : 10L) * 1_000_000_000L;
    private final AtomicLong due = new AtomicLong(2_000_000_000L);

    ProgressLog(Consumer<Progress> next) {
        this.next = next;
    }

    @Override
    public void accept(Progress now) {
        next.accept(now);
        long at = due.get();
        if (now.nanos() >= at && due.compareAndSet(at, now.nanos() + intervalNanos)) {
            LOG.infof(
                    "loading: %s of %s, %s/s, %.0f s to go",
                    ByteSize.format(now.bytesDone()),
                    ByteSize.format(now.bytesTotal()),
                    ByteSize.format((long) now.bytesPerSecond()),
                    now.remainingSeconds().orElse(0));
        }
    }
}
