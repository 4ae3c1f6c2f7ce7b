package dev.plimsoll.server.http;

import dev.plimsoll.server.openai.ApiException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory of answers that are told as a whole and are not complete. Where all of them together have too much, those that
 * have most of it fail.
 */
final class KeptAnswers {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int SMALL = 32;

    private final long most;
    private final AtomicLong all = new AtomicLong();

    KeptAnswers(long most) {
        this.most = most;
    }

    long bytes() {
        return all.get();
    }

    /** What one answer keeps, until it is closed. */
    final class Share implements AutoCloseable {
        private long bytes;
        private boolean closed;

        /**
         * Keeps more.
         *
         * @throws ApiException when that is too much
         */
        synchronized void keep(long more) {
            if (closed) {
                return;
            }
            bytes += more;
            if (all.addAndGet(more) > most && bytes > most / SMALL) {
                throw ApiException.unavailable(
                        SOON,
                        "requests_out_of_memory",
                        "there is no memory for so large an answer beside others: ask for a stream, or for fewer"
                                + " tokens and log-probabilities");
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            all.addAndGet(-bytes);
            bytes = 0;
        }
    }
}
