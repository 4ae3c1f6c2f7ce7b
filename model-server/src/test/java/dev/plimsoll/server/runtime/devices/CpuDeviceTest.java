package dev.plimsoll.server.runtime.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.checkpoint.StoredDtype;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.CopyRegion;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.Device.Purpose;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.lifecycle.ModelFacts;
import dev.plimsoll.server.lifecycle.Plans;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.runtime.copying.StagingBlock;
import dev.plimsoll.server.runtime.torch.TestTorch;
import dev.plimsoll.server.runtime.torch.TorchTensor;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An emulated GPU has the bytes it was given and not one more, and counts what it gave away. */
class CpuDeviceTest {
    private static final long CAPACITY = 1 << 20;

    private final List<Device> devices = List.of(
            new CpuDevice(
                    () -> TestTorch.LOADED,
                    DeviceId.gpu(0),
                    DeviceReport.Kind.Emulated,
                    CAPACITY,
                    null,
                    StagingBlock.NONE),
            new CpuDevice(
                    () -> TestTorch.LOADED, DeviceId.HOST, DeviceReport.Kind.Host, 1L << 30, null, StagingBlock.NONE));
    private final Device gpu = devices.getFirst();

    @AfterEach
    void close() {
        devices.forEach(Device::close);
    }

    @Test
    void theHostIsOpenedAfterTheGpus() {
        List<Device> opened = Devices.emulated(2, CAPACITY).open(() -> TestTorch.LOADED, onTheHostAlone());
        assertThat(opened).extracting(Device::id).containsExactly(DeviceId.gpu(0), DeviceId.gpu(1), DeviceId.HOST);
        assertThat(opened)
                .extracting(Device::kind)
                .containsExactly(DeviceReport.Kind.Emulated, DeviceReport.Kind.Emulated, DeviceReport.Kind.Host);
        assertThat(opened.getFirst().product()).isEqualTo("Emulated");
        opened.forEach(Device::close);
    }

    private static PlacementPlan onTheHostAlone() {
        PlanRequest request = new PlanRequest(
                ModelFacts.read(Path.of("src/test/resources/checkpoints/llama-sharded"))
                        .architecture(),
                Dtype.Float32,
                Placement.of(PlacementPolicy.HostOnly),
                List.of(),
                1L << 30,
                1,
                16);
        return Plans.require(request, 1);
    }

    @Test
    void itsLastByteCanBeUsedAndNoneBeyond() {
        gpu.allocate(Purpose.WEIGHTS, ElementType.FLOAT32, Shape.of(1 << 16, 3));
        gpu.allocate(Purpose.KV_CACHE, ElementType.BFLOAT16, Shape.of(1 << 17));
        outOfMemory(
                () -> gpu.allocate(Purpose.KV_CACHE, ElementType.FLOAT16, Shape.of(1)), "holds 1Mi", "gpu:0 has 1Mi");
        assertThat(gpu.usage().weights()).hasValue(768 << 10);
        assertThat(gpu.usage().kvCache()).hasValue(256 << 10);
    }

    @Test
    void whatWasRefusedIsNotCounted() {
        outOfMemory(() -> gpu.allocate(Purpose.WEIGHTS, ElementType.FLOAT32, Shape.of(1 << 30)), "a tensor of 4Gi");
        assertThat(gpu.usage().weights()).hasValue(0);
        gpu.allocate(Purpose.WEIGHTS, ElementType.FLOAT32, Shape.of(CAPACITY / 4));
        assertThat(gpu.usage().weights()).hasValue(CAPACITY);
    }

    @Test
    void theWorkspaceMustFitBesideWhatIsHeld() {
        gpu.allocate(Purpose.WEIGHTS, ElementType.FLOAT32, Shape.of(CAPACITY / 8));
        assertThat(gpu.usage().process()).as("not measured yet").isEmpty();
        gpu.workspaceMeasured(CAPACITY / 2);
        assertThat(gpu.usage().process()).hasValue(CAPACITY);
        outOfMemory(() -> gpu.workspaceMeasured(CAPACITY / 2 + 1), "a step's workspace");
    }

    @Test
    void itsCopiersCopyFromRingsThatStagingLends() {
        Staging sizes = new Staging(3, 2, 8192);
        try (Arena arena = Arena.ofShared()) {
            StagingBlock block =
                    StagingBlock.of(sizes, bytes -> arena.allocate(bytes, 4096).address(), address -> {});
            CpuDevice host =
                    new CpuDevice(() -> TestTorch.LOADED, DeviceId.HOST, DeviceReport.Kind.Host, 1 << 20, null, block);
            TorchTensor target = (TorchTensor) host.allocate(Purpose.WEIGHTS, ElementType.FLOAT32, Shape.of(4));
            try (Copier copier = host.copier(sizes.buffers(), sizes.bufferBytes())) {
                copier.next();
                ByteBuffer second = copier.next();
                assertThat(second.capacity()).isEqualTo(sizes.bufferBytes());
                second.putFloat(8, 1.5f).putFloat(12, -2);
                copier.copy(List.of(new CopyRegion(8, 2, StoredDtype.F32, target, 1)));
                assertThatThrownBy(block::close).as("while it copies").isInstanceOf(IllegalStateException.class);
            }
            assertThat(target.array().toFloatArray()).containsExactly(0, 1.5f, -2, 0);
            block.close();
            try (Copier own = host.copier(sizes.buffers(), sizes.bufferBytes())) {
                assertThat(own.next().capacity()).isEqualTo(sizes.bufferBytes());
            }
            host.close();
        }
    }

    private static void outOfMemory(Runnable action, String... words) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(PlimsollException.class, refused -> {
            assertThat(refused.failure().reason()).isEqualTo(Reason.DeviceOutOfMemory);
            assertThat(refused.getMessage()).contains(words);
        });
    }
}
