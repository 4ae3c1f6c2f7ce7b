package dev.plimsoll.server.device;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Moves bytes as they lie in a checkpoint into a device's tensors, cast on the device. A copy may still be under way
 * when {@link #copy} returns; where it never is, fences need nothing. For one thread; several copiers of a device work
 * side by side.
 */
public interface Copier extends AutoCloseable {
    /** The next free staging buffer, cleared; waits until its last copy is done. Direct, little-endian. */
    ByteBuffer next();

    /**
     * Begins to copy what the buffer last given by {@link #next} holds.
     *
     * @param regions where its bytes go
     */
    void copy(List<CopyRegion> regions);

    /**
     * Begins to copy a tensor of the host into one of this device, of the same type and number of elements.
     */
    void copy(DeviceTensor from, DeviceTensor to);

    /** Copies from now on begin after the fence is reached. */
    default void await(Fence fence) {}

    /** Lets the fence be reached when every copy begun so far is done. */
    default void mark(Fence fence) {}

    /** Waits until every copy is done. */
    void finish();

    /** Time spent so far. */
    default CopyTime time() {
        return CopyTime.NONE;
    }

    @Override
    void close();

    /**
     * Where the time of copies went. Copies and casts of several copiers overlap.
     *
     * @param copyNanos moving bytes to the device, and casting where that is one operation
     * @param castNanos casting on the device
     */
    record CopyTime(long copyNanos, long castNanos) {
        public static final CopyTime NONE = new CopyTime(0, 0);

        public CopyTime plus(CopyTime other) {
            return new CopyTime(copyNanos + other.copyNanos, castNanos + other.castNanos);
        }
    }
}
