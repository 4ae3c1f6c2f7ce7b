package dev.plimsoll.server.device;

import dev.plimsoll.server.checkpoint.StoredDtype;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Moves bytes as they lie in a checkpoint into a device's tensors, cast on the device. A copy may still be under way
 * when {@link #copy} returns. For one thread; several copiers of a device work side by side.
 */
public interface Copier extends AutoCloseable {
    /** The next free staging buffer, cleared; waits until its last copy is done. Direct, little-endian. */
    ByteBuffer next();

    /**
     * Begins to copy what the buffer last given by {@link #next} holds.
     *
     * @param landings where its bytes go
     */
    void copy(List<Landing> landings);

    /**
     * Begins to copy a tensor of the host into one of this device, of the same type and number of elements.
     */
    void copy(DeviceTensor from, DeviceTensor to);

    /** Waits until every copy is done. */
    void finish();

    @Override
    void close();

    /**
     * A run of elements from the staging buffer to a tensor.
     *
     * @param bufferOffset first byte in the staging buffer
     * @param elements number of elements
     * @param stored their type in the buffer
     * @param targetElement first element in the target, row-major
     */
    record Landing(int bufferOffset, long elements, StoredDtype stored, DeviceTensor target, long targetElement) {}
}
