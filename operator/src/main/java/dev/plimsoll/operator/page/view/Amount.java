package dev.plimsoll.operator.page.view;

import dev.plimsoll.api.ByteSize;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** Bytes for a picture, and as a person reads them. */
public record Amount(long bytes, String text) {
    static Amount of(long bytes) {
        return new Amount(bytes, ByteSize.format(bytes));
    }

    /** Nothing where there is no quantity, or none that can be read. */
    static @Nullable Amount of(@Nullable Quantity quantity) {
        if (quantity == null) {
            return null;
        }
        try {
            return of(ByteSize.bytes(quantity));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
