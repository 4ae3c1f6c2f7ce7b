package dev.plimsoll.server.architecture;

import dev.plimsoll.server.checkpoint.Shape;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What a weight takes of one of the checkpoint's tensors: runs of elements, each as far from the next as the tensor's rows
 * are, that lie one behind the other in the weight. A tensor, and rows of one, are a single run.
 *
 * @param tensor name in the checkpoint
 * @param first element of the first run in the tensor, row-major
 * @param runs how many
 * @param length elements of each run
 * @param stride elements of the tensor from the beginning of one run to that of the next
 * @param element of the weight, row-major, where the first run goes
 */
public record Slice(String tensor, long first, long runs, long length, long stride, long element) {
    /**
     * Elements that lie one behind the other in both.
     *
     * @param first in the tensor
     * @param count how many
     * @param element of the weight where they go
     */
    public record Run(long first, long count, long element) {}

    /** All of a tensor. */
    static Slice whole(String tensor, Shape shape, long element) {
        long elements = shape.elements();
        return new Slice(tensor, 0, 1, elements, elements, element);
    }

    /** How many elements of the weight it fills. */
    public long elements() {
        return runs * length;
    }

    /** What is to be copied, in order. */
    public Stream<Run> copied() {
        return LongStream.range(0, runs).mapToObj(i -> new Run(first + i * stride, length, element + i * length));
    }

    /**
     * What of it lies in a range of the weight, to go to the front of that range.
     *
     * @param from first element of the range in the weight
     * @param to behind its last
     * @return empty when none of it does
     */
    Optional<Slice> within(long from, long to) {
        long begin = Math.max(from, element);
        long end = Math.min(to, element + elements());
        if (begin >= end) {
            return Optional.empty();
        }
        long skipped = begin - element;
        long count = end - begin;
        if (runs == 1) {
            return Optional.of(new Slice(tensor, first + skipped, 1, count, count, begin - from));
        }
        if (skipped % length != 0 || count % length != 0) {
            throw new IllegalArgumentException("elements " + from + " to " + to + " cut a run of " + this);
        }
        return Optional.of(
                new Slice(tensor, first + skipped / length * stride, count / length, length, stride, begin - from));
    }

    /** The same of a tensor with another name. */
    Slice of(String other) {
        return new Slice(other, first, runs, length, stride, element);
    }
}
