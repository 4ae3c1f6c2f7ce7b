package dev.plimsoll.operator.status;

import dev.plimsoll.api.ByteSize;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** Rounds measured bytes and keeps what stands while it is nearly right, so that a status does not flicker. */
final class Steady {
    private static final long TOLERANCE_PERCENT = 3;

    private Steady() {}

    static @Nullable Quantity bytes(@Nullable Long bytes, @Nullable Quantity standing) {
        if (bytes == null) {
            return null;
        }
        if (standing != null) {
            long stood = ByteSize.bytes(standing);
            if (Math.abs(stood - bytes) <= bytes / 100 * TOLERANCE_PERCENT) {
                return standing;
            }
        }
        return ByteSize.quantity(bytes);
    }
}
