package dev.plimsoll.server.http;

import java.util.HashMap;
import java.util.Map;

/**
 * Bounds the bytes of all bodies in memory. Small bodies have a part of their own, so that large ones leave them some;
 * one client gets at most half of the rest. Safe for use by several threads.
 */
final class BodyMemory {
    private final HttpLimits limits;
    private final Map<String, Long> byClient = new HashMap<>();
    private long small;
    private long large;

    BodyMemory(HttpLimits limits) {
        this.limits = limits;
    }

    /** The bytes of one body, while it grows and until it is not needed any more. */
    final class Share implements AutoCloseable {
        private final String client;
        private long bytes;

        private Share(String client) {
            this.client = client;
        }

        /**
         * Takes memory for more bytes.
         *
         * @return false when there is none, and then nothing was taken
         */
        boolean grow(int more) {
            synchronized (BodyMemory.this) {
                long now = bytes + more;
                boolean fits = now <= limits.smallBodyBytes() ? growSmall(now) : growLarge(now);
                bytes = fits ? now : bytes;
                return fits;
            }
        }

        private boolean growSmall(long now) {
            if (small + now - bytes > limits.bodiesBytes()) {
                return false;
            }
            small += now - bytes;
            return true;
        }

        private boolean growLarge(long now) {
            boolean wasSmall = bytes <= limits.smallBodyBytes();
            long more = wasSmall ? now : now - bytes;
            long ofClient = byClient.getOrDefault(client, 0L);
            if (large + more > limits.bodiesBytes() || ofClient + more > limits.bodiesBytes() / 2) {
                return false;
            }
            small -= wasSmall ? bytes : 0;
            large += more;
            byClient.put(client, ofClient + more);
            return true;
        }

        /** Gives all of it back; again is no harm. */
        @Override
        public void close() {
            synchronized (BodyMemory.this) {
                if (bytes <= limits.smallBodyBytes()) {
                    small -= bytes;
                } else {
                    large -= bytes;
                    byClient.merge(client, -bytes, (held, less) -> held + less == 0 ? null : held + less);
                }
                bytes = 0;
            }
        }
    }

    /** A body without bytes. */
    Share of(String client) {
        return new Share(client);
    }

    /** Bytes of all bodies. */
    long bytes() {
        synchronized (this) {
            return small + large;
        }
    }
}
