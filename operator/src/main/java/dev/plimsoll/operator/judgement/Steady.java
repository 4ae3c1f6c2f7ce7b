package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.ByteSize;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what stands while it is nearly right, so that a status does not follow every page: within 3 % or 32 MiB of it,
 * whichever is more, in both directions.
 */
final class Steady {
    private static final long PERCENT = 3;
    private static final long BYTES = 32L << 20;

    private Steady() {}

    static @Nullable Quantity bytes(@Nullable Long bytes, @Nullable Quantity standing) {
        if (bytes == null) {
            return null;
        }
        return standing != null && isNear(bytes, value(standing)) ? standing : ByteSize.quantity(bytes);
    }

    static boolean isNear(long bytes, long stood) {
        long tolerance = Math.max(BYTES, Math.abs(stood / 100) * PERCENT);
        return bytes >= stood - tolerance && bytes <= stood + tolerance;
    }

    /** Bytes of a quantity of a status; zero of one that is none. */
    static long value(Quantity quantity) {
        try {
            return ByteSize.bytes(quantity);
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }
}
