package dev.plimsoll.server.runtime.devices;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaDriver;
import dev.plimsoll.server.cuda.CudaGpu;
import dev.plimsoll.server.cuda.Nvml;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.memory.GpuMemory;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.runtime.copying.CopyStreams;
import dev.plimsoll.server.runtime.copying.StagingBlock;
import dev.plimsoll.server.runtime.torch.TestTorch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The machine's GPUs instead of emulated ones, where {@code PLIMSOLL_TEST_DEVICES} is {@code cuda}. A test that wants
 * more GPUs than there are gets several devices on one.
 */
public final class TestGpus {
    public static final boolean AVAILABLE = "cuda".equals(System.getenv("PLIMSOLL_TEST_DEVICES"));

    private TestGpus() {}

    /** So many GPUs, and the host: the machine's, or emulated ones of so many bytes each. */
    public static List<Device> openOrEmulate(PlacementPlan plan, int count, long bytesOfEach) {
        return AVAILABLE
                ? open(plan, count)
                : Devices.emulated(count, bytesOfEach).open(() -> TestTorch.LOADED, plan);
    }

    /** So many devices on the machine's GPUs, and the host. */
    public static List<Device> open(PlacementPlan plan, int count) {
        CudaDriver driver = CudaDriver.load().orElseThrow();
        List<Device> devices = new ArrayList<>();
        CudaContext locking = null;
        for (int i = 0; i < count; i++) {
            CudaGpu gpu = driver.gpus().get(i % driver.gpus().size());
            GpuMemory memory = new GpuMemory(gpu, Nvml.load().orElse(null));
            locking = new CudaContext(driver, gpu);
            CudaDevice device = new CudaDevice(
                    () -> TestTorch.LOADED,
                    new CopyStreams(locking),
                    StagingBlock.NONE,
                    memory,
                    DeviceId.gpu(i),
                    Map.of());
            device.begin();
            devices.add(device);
        }
        TensorArena locked = locking == null ? null : Devices.locked(locking, 0);
        long hostBytes = plan.host().budgetBytes();
        devices.add(new CpuDevice(
                () -> TestTorch.LOADED, DeviceId.HOST, DeviceReport.Kind.Host, hostBytes, locked, StagingBlock.NONE));
        return devices;
    }
}
