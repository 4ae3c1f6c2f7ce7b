package dev.plimsoll.server.loading;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.CopyRegion;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.device.DeviceUsage;
import dev.plimsoll.server.device.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A device of plain bytes that counts its staging.
 *
 * @param staged bytes of staging that exist now, of all devices
 * @param mostStaged the most that ever existed at once
 */
record ByteDevice(DeviceId id, AtomicLong staged, AtomicLong mostStaged) implements Device {

    /** A tensor of bytes. */
    record Bytes(DeviceId device, Shape shape, ByteBuffer content) implements DeviceTensor {
        @Override
        public ElementType type() {
            throw new UnsupportedOperationException("bytes have no element type");
        }
    }

    @Override
    public Copier copier(int buffers, int bufferBytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bufferBytes).order(ByteOrder.LITTLE_ENDIAN);
        long bytes = (long) buffers * bufferBytes;
        mostStaged.accumulateAndGet(staged.addAndGet(bytes), Math::max);
        return new Copier() {
            @Override
            public ByteBuffer next() {
                return buffer.clear();
            }

            @Override
            public void copy(List<CopyRegion> regions) {
                for (CopyRegion region : regions) {
                    ((Bytes) region.target())
                            .content()
                            .put(
                                    Math.toIntExact(region.targetElement()),
                                    buffer,
                                    region.bufferOffset(),
                                    Math.toIntExact(region.elements()));
                }
            }

            @Override
            public void copy(DeviceTensor from, DeviceTensor to) {
                throw new UnsupportedOperationException("nothing is copied from the host");
            }

            @Override
            public void finish() {}

            @Override
            public void close() {
                staged.addAndGet(-bytes);
            }
        };
    }

    @Override
    public DeviceReport.Kind kind() {
        return DeviceReport.Kind.Emulated;
    }

    @Override
    public @Nullable String uuid() {
        return null;
    }

    @Override
    public @Nullable String product() {
        return null;
    }

    @Override
    public long capacityBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public DeviceTensor allocate(Purpose purpose, ElementType type, Shape shape) {
        throw new UnsupportedOperationException("tensors are made by the test");
    }

    @Override
    public DeviceTensor view(DeviceTensor tensor, long element, Shape shape) {
        throw new UnsupportedOperationException("tensors are whole");
    }

    @Override
    public void workspaceMeasured(long bytes) {}

    @Override
    public DeviceUsage usage() {
        throw new UnsupportedOperationException("nothing is measured");
    }

    @Override
    public void close() {}
}
