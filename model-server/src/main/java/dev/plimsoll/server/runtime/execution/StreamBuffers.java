package dev.plimsoll.server.runtime.execution;

import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.Device.Purpose;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.placement.ElementType;
import java.util.ArrayList;
import java.util.List;

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
     */
    record Views(int piece, List<DeviceTensor> tensors) {}

    /** Lays the next piece out in the buffer whose turn it is. */
    Views next(List<Shape> shapes) {
        List<DeviceTensor> views = new ArrayList<>();
        long element = 0;
        for (Shape shape : shapes) {
            views.add(device.view(buffers.get(pieces % 2), element, shape));
            element += shape.elements();
        }
        return new Views(pieces++, views);
    }
}
