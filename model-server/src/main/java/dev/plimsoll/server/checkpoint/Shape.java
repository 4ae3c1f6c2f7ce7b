package dev.plimsoll.server.checkpoint;

import java.util.Arrays;
import java.util.List;

/**
 * Extents of a tensor, outermost first; an empty list is a scalar.
 *
 * @param dims each at least 0
 */
public record Shape(List<Long> dims) {
    public Shape {
        dims = List.copyOf(dims);
    }

    public static Shape of(long... dims) {
        return new Shape(Arrays.stream(dims).boxed().toList());
    }

    /**
     * Product of the extents.
     *
     * @throws ArithmeticException when it does not fit 64 bits
     */
    public long elements() {
        long product = 1;
        for (long dim : dims) {
            product = Math.multiplyExact(product, dim);
        }
        return product;
    }

    public long[] toArray() {
        return dims.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public String toString() {
        return dims.toString();
    }
}
