package dev.plimsoll.server.cli;

import dev.plimsoll.api.ByteSize;
import io.fabric8.kubernetes.api.model.Quantity;

/** A size on the command line: a Kubernetes quantity of at least one byte. */
final class Size {
    private Size() {}

    /** @throws IllegalArgumentException when it is no size, or none above 0 */
    static Quantity parse(String option, String text) {
        Quantity size;
        try {
            size = new Quantity(text);
            if (ByteSize.bytes(size) > 0) {
                return size;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(option + ": " + text + " is no size: use one such as 512Mi or 8Gi", e);
        }
        throw new IllegalArgumentException(option + ": " + text + " must be more than 0");
    }
}
