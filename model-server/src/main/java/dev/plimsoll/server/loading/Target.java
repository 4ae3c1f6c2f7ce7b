package dev.plimsoll.server.loading;

import dev.plimsoll.server.architecture.Slice;
import dev.plimsoll.server.architecture.Weight;
import dev.plimsoll.server.checkpoint.StoredTensor;
import dev.plimsoll.server.device.DeviceTensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Consecutive elements of a stored tensor and where they go, one behind the other.
 *
 * @param first element in {@code stored}, row-major
 * @param elements how many
 * @param element first element in {@code tensor}, row-major
 */
public record Target(StoredTensor stored, long first, long elements, DeviceTensor tensor, long element) {
    /**
     * What fills a weight's tensor on a device.
     *
     * @param stored the checkpoint's tensors by name
     */
    public static List<Target> of(Weight weight, Map<String, StoredTensor> stored, DeviceTensor tensor) {
        return weight.slices().stream()
                .flatMap(slice -> of(slice, Objects.requireNonNull(stored.get(slice.tensor()), slice.tensor()), tensor))
                .toList();
    }

    private static Stream<Target> of(Slice slice, StoredTensor stored, DeviceTensor tensor) {
        return slice.copied().map(run -> new Target(stored, run.first(), run.count(), tensor, run.element()));
    }

    /** First byte in the file. */
    long position() {
        return stored.position() + stored.dtype().bytes(first);
    }

    /** Bytes in the file. */
    long bytes() {
        return stored.dtype().bytes(elements);
    }
}
