package dev.plimsoll.server.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Slice;
import dev.plimsoll.server.architecture.Storage;
import dev.plimsoll.server.architecture.Weight;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.checkpoint.StoredDtype;
import dev.plimsoll.server.checkpoint.StoredTensor;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.loading.ByteDevice.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Everything arrives through bounded staging, or the first thing that went wrong is thrown. */
class LoaderTest {
    private static final int DEVICES = 5;
    private static final int TENSORS_PER_DEVICE = 3;
    private static final int TENSOR_BYTES = 20_000;
    private static final Staging STAGING = new Staging(2, 2, 8192);

    private final AtomicLong staged = new AtomicLong();
    private final AtomicLong mostStaged = new AtomicLong();
    private final Map<DeviceId, Device> devices = new LinkedHashMap<>();
    private final List<Target> targets = new ArrayList<>();

    @BeforeEach
    void spreadOneFileOverDevices() {
        for (int i = 0; i < DEVICES * TENSORS_PER_DEVICE; i++) {
            DeviceId id = DeviceId.gpu(i % DEVICES);
            devices.computeIfAbsent(id, missing -> new ByteDevice(missing, staged, mostStaged));
            Shape shape = Shape.of(TENSOR_BYTES);
            targets.add(new Target(
                    new StoredTensor("t" + i, StoredDtype.U8, shape, "file", (long) i * TENSOR_BYTES, TENSOR_BYTES),
                    0,
                    TENSOR_BYTES,
                    new Bytes(id, shape, ByteBuffer.allocate(TENSOR_BYTES)),
                    0));
        }
    }

    @Test
    void everyByteArrivesAndIsCounted() {
        List<Long> told = new ArrayList<>();
        Progress result = new Loader(new Pattern(Integer.MAX_VALUE), devices, STAGING, progress -> {
                    synchronized (told) {
                        told.add(progress.bytesDone());
                    }
                })
                .load(targets);

        for (Target target : targets) {
            ByteBuffer bytes = ((Bytes) target.tensor()).content();
            for (int i = 0; i < bytes.capacity(); i++) {
                assertThat(bytes.get(i)).isEqualTo(Pattern.at(target.stored().position() + i));
            }
        }
        long total = (long) DEVICES * TENSORS_PER_DEVICE * TENSOR_BYTES;
        assertThat(result.bytesDone()).isEqualTo(total);
        assertThat(result.bytesTotal()).isEqualTo(total);
        assertThat(told).hasSizeGreaterThan(1).contains(total);
        assertThat(Objects.requireNonNull(result.times()).readSeconds()).isPositive();
    }

    @Test
    void stagingDoesNotGrowWithTheNumberOfDevices() {
        new Loader(new Pattern(Integer.MAX_VALUE), devices, STAGING, progress -> {}).load(targets);
        assertThat(mostStaged.get()).isPositive().isLessThanOrEqualTo(STAGING.bytes());
        assertThat(staged.get()).isZero();
    }

    @Test
    void aSourceThatFailsStopsTheLoad() {
        Pattern source = new Pattern(7);
        assertThatThrownBy(() -> new Loader(source, devices, STAGING, progress -> {}).load(targets))
                .isInstanceOfSatisfying(
                        PlimsollException.class,
                        failed -> assertThat(failed.failure().reason()).isEqualTo(Reason.ReadFailed));
        assertThat(source.reads.get())
                .as("each of %s readers stops at once", STAGING.readers())
                .isLessThanOrEqualTo(7 + STAGING.readers());
        assertThat(staged.get()).as("staging left").isZero();
    }

    @Test
    void aLoadThatFailsEndsAfterItsLastReader() {
        CyclicBarrier bothRead = new CyclicBarrier(2);
        Pattern source = new Pattern(1) {
            @Override
            public void read(String file, long position, ByteBuffer target) {
                boolean late = await(bothRead) == 0;
                LockSupport.parkNanos(late ? 300_000_000 : 0);
                super.read(file, position, target);
            }
        };
        assertThatThrownBy(() -> new Loader(source, devices, STAGING, progress -> {}).load(targets))
                .hasMessageContaining("the volume is gone");
        assertThat(staged.get()).as("staging of the late reader").isZero();
    }

    @Test
    void aListenerThatFailsStopsTheLoad() {
        assertThatThrownBy(() -> new Loader(new Pattern(Integer.MAX_VALUE), devices, STAGING, progress -> {
                            throw new IllegalStateException("listener");
                        })
                        .load(targets))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("listener");
        assertThat(staged.get()).isZero();
    }

    @Test
    void aCheckpointThatIsNotTheSameAtTheEndIsNotLoaded() {
        Pattern source = new Pattern(Integer.MAX_VALUE) {
            @Override
            public void checkUnchanged() {
                throw new PlimsollException(Reason.ReadFailed, "it changed");
            }
        };
        List<Progress> told = new ArrayList<>();
        assertThatThrownBy(() -> new Loader(source, devices, STAGING, told::add).load(targets))
                .hasMessageContaining("it changed");
        assertThat(told).as("the end was never told").allMatch(progress -> progress.times() == null);
    }

    @Test
    void everyDeviceIsFilledAtOnce() {
        CyclicBarrier bothRead = new CyclicBarrier(2);
        Map<Thread, DeviceId> first = new ConcurrentHashMap<>();
        Pattern source = new Pattern(Integer.MAX_VALUE) {
            @Override
            public void read(String file, long position, ByteBuffer target) {
                if (first.putIfAbsent(Thread.currentThread(), deviceAt(position + TensorSource.BLOCK_BYTES - 1))
                        == null) {
                    await(bothRead);
                }
                super.read(file, position, target);
            }
        };
        new Loader(source, devices, STAGING, progress -> {}).load(targets);
        assertThat(first.values()).hasSize(STAGING.readers()).doesNotHaveDuplicates();
    }

    @Test
    void aReaderWhoseDeviceIsFullHelpsAnother() {
        List<Target> uneven = List.of(targets.getFirst(), large(DeviceId.gpu(1), 40 * STAGING.bufferBytes()));
        CountDownLatch helped = new CountDownLatch(2);
        Set<Thread> readers = ConcurrentHashMap.newKeySet();
        Pattern source = new Pattern(Integer.MAX_VALUE) {
            @Override
            public void read(String file, long position, ByteBuffer target) {
                if (file.equals("large") && readers.add(Thread.currentThread())) {
                    helped.countDown();
                    await(helped);
                }
                super.read(file, position, target);
            }
        };
        new Loader(source, devices, STAGING, progress -> {}).load(uneven);
        assertThat(readers).hasSize(2);
        assertThat(mostStaged.get()).isLessThanOrEqualTo(STAGING.bytes());
    }

    @Test
    void aPartOfAMatrixArrivesWithoutItsRest() {
        StoredTensor matrix = new StoredTensor("m", StoredDtype.U8, Shape.of(3000, 50), "file", 777, 150_000);
        Shape part = Shape.of(2000, 20);
        Weight weight = new Weight(
                "down_proj", "m", part, Storage.DENSE, List.of(new Slice("m", 100 * 50 + 30, 2000, 20, 50, 0)));
        Bytes tensor = new Bytes(DeviceId.gpu(0), part, ByteBuffer.allocate(40_000));
        new Loader(new Pattern(Integer.MAX_VALUE), devices, STAGING, progress -> {})
                .load(Target.of(weight, Map.of("m", matrix), tensor));
        for (int i = 0; i < 40_000; i++) {
            long stored = (100 + i / 20) * 50L + 30 + i % 20;
            assertThat(tensor.content().get(i)).as("element %d", i).isEqualTo(Pattern.at(777 + stored));
        }
    }

    private DeviceId deviceAt(long position) {
        return targets.stream()
                .filter(target -> target.stored().position() + TENSOR_BYTES > position)
                .findFirst()
                .orElseThrow()
                .tensor()
                .device();
    }

    private static Target large(DeviceId device, int bytes) {
        Shape shape = Shape.of(bytes);
        return new Target(
                new StoredTensor("large", StoredDtype.U8, shape, "large", 0, bytes),
                0,
                bytes,
                new Bytes(device, shape, ByteBuffer.allocate(bytes)),
                0);
    }

    private static int await(CyclicBarrier barrier) {
        try {
            return barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException("the other reader never came", e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the other reader never came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void nothingToLoadIsDone() {
        Progress result = new Loader(new Pattern(0), devices, STAGING, progress -> {}).load(List.of());
        assertThat(result.bytesTotal()).isZero();
    }

    /** A file whose bytes follow from their position; every read from number {@code failingFrom} on fails. */
    private static class Pattern implements TensorSource {
        private final int failingFrom;
        private final AtomicInteger reads = new AtomicInteger();

        Pattern(int failingFrom) {
            this.failingFrom = failingFrom;
        }

        static byte at(long position) {
            return (byte) (position * 31 + position / 256);
        }

        @Override
        public void read(String file, long position, ByteBuffer target) {
            if (reads.incrementAndGet() >= failingFrom) {
                throw new PlimsollException(Reason.ReadFailed, "the volume is gone");
            }
            for (long at = position; target.hasRemaining(); at++) {
                target.put(at(at));
            }
        }

        @Override
        public String location() {
            return "pattern";
        }

        @Override
        public List<String> files() {
            return List.of("file");
        }

        @Override
        public long size(String file) {
            return (long) DEVICES * TENSORS_PER_DEVICE * TENSOR_BYTES;
        }

        @Override
        public void checkUnchanged() {}

        @Override
        public void close() {}
    }
}
