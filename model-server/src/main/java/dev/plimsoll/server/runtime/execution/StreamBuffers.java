package dev.plimsoll.server.runtime.execution;

import dev.plimsoll.server.architecture.Weight;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.Device.Purpose;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.device.ElementType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The two buffers of a device that weights are streamed into; pieces take turns. */
final class StreamBuffers {
    private final Device device;
    private final List<DeviceTensor> buffers;
    private final long elements;
    private int pieces;

    /**
     * Two buffers.
     *
     * @param bytes of each
     */
    StreamBuffers(Device device, ElementType type, long bytes) {
        this.device = device;
        this.elements = bytes / type.bytes();
        this.buffers = List.of(
                device.allocate(Purpose.STREAM, type, Shape.of(elements)),
                device.allocate(Purpose.STREAM, type, Shape.of(elements)));
    }

    /** Elements of one buffer. */
    long elements() {
        return elements;
    }

    /**
     * The tensors of the next piece.
     *
     * @param piece its place in the order of use
     * @param tensors by the roles of their weights
     */
    record Views(int piece, Map<String, DeviceTensor> tensors) {}

    /** Lays the next piece out in the buffer whose turn it is. */
    Views next(List<Weight> weights) {
        Map<String, DeviceTensor> views = new HashMap<>();
        long element = 0;
        for (Weight weight : weights) {
            views.put(weight.role(), device.view(buffers.get(pieces % 2), element, weight.shape()));
            element += weight.shape().elements();
        }
        return new Views(pieces++, views);
    }
}
