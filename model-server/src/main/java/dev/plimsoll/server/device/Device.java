package dev.plimsoll.server.device;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.server.checkpoint.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A place where tensors live and compute. Tensors of any device are made, filled and measured through this interface
 * alone, so that a new kind of device changes nothing above it. Computing may still be under way when a call returns;
 * where it never is, fences need nothing.
 */
public interface Device extends AutoCloseable {
    DeviceId id();

    DeviceReport.Kind kind();

    /** The vendor's identifier; null where there is none. */
    @Nullable
    String uuid();

    /** The vendor's product name; null where there is none. */
    @Nullable
    String product();

    /** Bytes that the device has in all. */
    long capacityBytes();

    /**
     * Makes a tensor of zeros.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code DeviceOutOfMemory} when the device has not that much room
     */
    DeviceTensor allocate(Purpose purpose, ElementType type, Shape shape);

    /**
     * A part of a tensor as a tensor of its own; it shares the bytes.
     *
     * @param element first element in {@code tensor}, row-major
     */
    DeviceTensor view(DeviceTensor tensor, long element, Shape shape);

    /**
     * A copier with a ring of staging buffers of its own, for one thread.
     *
     * @param buffers number of buffers in the ring
     * @param bufferBytes bytes of each
     */
    Copier copier(int buffers, int bufferBytes);

    /** A fence between this device's computing and its copiers; it counts as reached until it is marked. */
    default Fence fence() {
        return Fence.REACHED;
    }

    /** Lets the fence be reached when the computing begun so far is done. */
    default void mark(Fence fence) {}

    /** Computing from now on begins after the fence is reached; does not wait for it. */
    default void await(Fence fence) {}

    /**
     * Takes note of the transient bytes of the largest step, where the device cannot tell them itself.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code DeviceOutOfMemory} when they do not fit beside what is held
     */
    void workspaceMeasured(long bytes);

    /** What is used now, as measured. */
    DeviceUsage usage();

    /** Frees every tensor of the device. */
    @Override
    void close();

    /** What a tensor is for, so that measured bytes can be told by kind. */
    enum Purpose {
        WEIGHTS,
        KV_CACHE,
        /** Buffers that weights are streamed into; they count as workspace. */
        STREAM
    }
}
