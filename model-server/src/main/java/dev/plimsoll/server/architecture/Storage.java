package dev.plimsoll.server.architecture;

import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.ElementType;

/** How the elements of a weight lie in a device's memory. */
public sealed interface Storage {
    /** Every element by itself, row-major, in the type that the model runs in. */
    Storage DENSE = new Dense();

    /**
     * Bytes of a weight.
     *
     * @param type that the model runs in
     */
    long bytes(Shape shape, ElementType type);

    /** See {@link #DENSE}. */
    record Dense() implements Storage {
        @Override
        public long bytes(Shape shape, ElementType type) {
            return Math.multiplyExact(shape.elements(), type.bytes());
        }
    }
}
