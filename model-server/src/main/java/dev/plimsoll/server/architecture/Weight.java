package dev.plimsoll.server.architecture;

import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A tensor that a unit runs with, wherever it is: what plans count, loads fill, and steps read.
 *
 * @param role what the source that runs the unit calls it, such as {@code qkv_proj}; the same in every layer
 * @param name of its own on each device: a parameter's, or one for those that are fused
 * @param shape on the device; {@code [0]} for a bias that this checkpoint does not have
 * @param storage how its elements lie there
 * @param slices what it is made up of: a tensor of the checkpoint, several that are fused, or none
 */
public record Weight(String role, String name, Shape shape, Storage storage, List<Slice> slices) {
    /**
     * Bytes on a device.
     *
     * @param type that the model runs in
     */
    public long bytes(ElementType type) {
        return storage.bytes(shape, type);
    }

    /** Elements of each of its rows, which are what its first extent counts. */
    public long width() {
        return shape.elements() / shape.dims().getFirst();
    }

    /** Full name of the module that holds it. */
    public String module() {
        return name.substring(0, name.lastIndexOf('.'));
    }

    /** Consecutive rows of it as a weight of their own. */
    public Weight rows(long first, long count) {
        List<Long> dims = new ArrayList<>(shape.dims());
        dims.set(0, count);
        long from = first * width();
        List<Slice> within = slices.stream()
                .flatMap(slice -> slice.within(from, from + count * width()).stream())
                .toList();
        return new Weight(role, name, new Shape(dims), storage, within);
    }

    Weight storedAs(UnaryOperator<String> spelling) {
        List<Slice> spelled = slices.stream()
                .map(slice -> slice.of(spelling.apply(slice.tensor())))
                .toList();
        return new Weight(role, name, shape, storage, spelled);
    }
}
