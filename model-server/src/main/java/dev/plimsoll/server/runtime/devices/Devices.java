package dev.plimsoll.server.runtime.devices;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.Background;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.cuda.CudaDriver;
import dev.plimsoll.server.cuda.CudaGpu;
import dev.plimsoll.server.cuda.Nvml;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.loading.Loader;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.memory.GpuMemory;
import dev.plimsoll.server.placement.PlacementPlan;
import dev.plimsoll.server.placement.PlacementPlan.DevicePlan;
import dev.plimsoll.server.placement.PlacementPlan.Placed;
import dev.plimsoll.server.placement.PlanRequest;
import dev.plimsoll.server.runtime.copying.CopyStreams;
import dev.plimsoll.server.runtime.copying.StagingBlock;
import dev.plimsoll.server.runtime.torch.NativeLibraries;
import dev.plimsoll.server.runtime.torch.Torch;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The GPUs that a process may use, known before the engine is loaded. */
public final class Devices {
    private static final Pattern EMULATED = Pattern.compile("emulated:([1-9][0-9]?)x([0-9.]+[A-Za-z]*)");

    private final List<Gpu> gpus;
    private final @Nullable CudaDriver driver;
    private final List<CudaDevice> cuda = new ArrayList<>();
    private @Nullable CudaStart started;
    private volatile StagingBlock staging = StagingBlock.NONE;

    /**
     * A GPU before it is opened.
     *
     * @param bytes what a process can have of it
     * @param memory null for one that is emulated
     */
    public record Gpu(long bytes, @Nullable GpuMemory memory) {
        public boolean emulated() {
            return memory == null;
        }
    }

    private Devices(List<Gpu> gpus, @Nullable CudaDriver driver) {
        this.gpus = gpus;
        this.driver = driver;
    }

    /**
     * The GPUs that {@code PLIMSOLL_DEVICES} says: nothing for those that the driver shows, or {@code emulated:2x1Gi}
     * for two emulated GPUs of 1 GiB each.
     *
     * @throws PlimsollException {@code EngineFailed} for anything else, or when there is a driver that does not start
     */
    public static Devices find(@Nullable String setting) {
        return setting == null || setting.isBlank() ? real() : emulated(setting);
    }

    /** No GPU at all, for what runs on the host alone. */
    public static Devices none() {
        return new Devices(List.of(), null);
    }

    static Devices emulated(int count, long bytes) {
        return new Devices(Collections.nCopies(count, new Gpu(bytes, null)), null);
    }

    private static Devices real() {
        Background<Optional<Nvml>> measuring = Background.start("nvml", Nvml::load);
        CudaDriver driver = CudaDriver.load().orElse(null);
        if (driver == null || driver.gpus().isEmpty()) {
            return none();
        }
        Nvml nvml = measuring.await().orElse(null);
        List<Gpu> gpus = driver.gpus().stream()
                .map(gpu -> new GpuMemory(gpu, nvml))
                .map(memory -> new Gpu(memory.freeBytes(), memory))
                .toList();
        return new Devices(gpus, driver);
    }

    private static Devices emulated(String setting) {
        Matcher matcher = EMULATED.matcher(setting);
        try {
            if (matcher.matches()) {
                long bytes = ByteSize.bytes(new Quantity(matcher.group(2)));
                if (bytes == 0 || bytes > PlanRequest.UNLIMITED) {
                    throw invalid(setting, null);
                }
                return emulated(Integer.parseInt(matcher.group(1)), bytes);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw invalid(setting, e);
        }
        throw invalid(setting, null);
    }

    private static PlimsollException invalid(String setting, @Nullable Exception cause) {
        String message = "PLIMSOLL_DEVICES is '" + setting
                + "': leave it unset for the node's GPUs, or set it to emulated:COUNTxSIZE such as emulated:2x1Gi";
        return cause == null
                ? new PlimsollException(Reason.EngineFailed, message)
                : new PlimsollException(Reason.EngineFailed, message, cause);
    }

    public List<Gpu> gpus() {
        return gpus;
    }

    /**
     * Begins to make what a load needs of those GPUs that the plan uses: contexts, streams and page-locked staging.
     * Meanwhile the engine can be loaded.
     */
    public void begin(PlacementPlan plan, Staging needed) {
        Map<DeviceId, CudaGpu> used = new TreeMap<>();
        for (DevicePlan device : plan.devices()) {
            GpuMemory memory =
                    device.id().isGpu() ? gpus.get(device.id().index()).memory() : null;
            if (memory != null) {
                used.put(device.id(), memory.gpu());
            }
        }
        if (!used.isEmpty()) {
            started = new CudaStart(Objects.requireNonNull(driver), used, needed);
        }
    }

    /**
     * Opens the host and every GPU that the plan uses, in order; to be called once, after {@link #begin}. Tensors of GPUs
     * can be made and filled then, and computed with after {@link #compute}.
     *
     * @param torch waits until libtorch is loaded
     * @throws PlimsollException {@code EngineFailed} when driver, CUDA libraries and libtorch do not fit each other;
     *     {@code HostOutOfMemory} when the host has not that much that can be page-locked
     */
    public List<Device> open(Supplier<Torch> torch, PlacementPlan plan) {
        if (started != null) {
            NativeLibraries.requireCuda(Objects.requireNonNull(driver).version());
            staging = started.staging();
        }
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < gpus.size(); i++) {
            DeviceId id = DeviceId.gpu(i);
            Gpu gpu = gpus.get(i);
            if (gpu.memory() == null) {
                devices.add(new CpuDevice(torch, id, DeviceReport.Kind.Emulated, gpu.bytes(), null, staging));
            } else if (started != null && started.uses(id)) {
                cuda.add(cuda(torch, started.gpu(id), id, gpu.memory(), plan));
                devices.add(cuda.getLast());
            }
        }
        TensorArena locked = started != null && streamsFromHost(plan)
                ? locked(started.context(), planned(plan, DeviceId.HOST).weights())
                : null;
        long hostBytes = plan.host().budgetBytes();
        devices.add(new CpuDevice(torch, DeviceId.HOST, DeviceReport.Kind.Host, hostBytes, locked, staging));
        return devices;
    }

    /** Lets libtorch, now loaded, compute on the GPUs. */
    public void compute() {
        cuda.forEach(CudaDevice::begin);
    }

    /** Bytes of the host that are locked for the copiers of a load; 0 where they have memory of their own. */
    public long stagingBytes() {
        return staging.bytes();
    }

    /** Threads for a load: one for each reader, and one that leads them. */
    public Executor loaders() {
        return started == null ? Loader.THREADS : started.threads();
    }

    /**
     * Gives staging and threads of the load back, when every copier of it is closed; later ones have memory of their own.
     */
    public void loaded() {
        staging.close();
        if (started != null) {
            started.close();
        }
    }

    static TensorArena locked(CudaContext context, long bytes) {
        return new TensorArena(size -> context.lockHost(size, ForkJoinPool.commonPool()), context::unlockHost, bytes);
    }

    private static DevicePlan planned(PlacementPlan plan, DeviceId id) {
        return plan.devices().stream()
                .filter(device -> device.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private CudaDevice cuda(
            Supplier<Torch> torch, CopyStreams streams, DeviceId id, GpuMemory memory, PlacementPlan plan) {
        DevicePlan planned = planned(plan, id);
        Map<Device.Purpose, Long> bytes =
                Map.of(Device.Purpose.WEIGHTS, planned.weights(), Device.Purpose.KV_CACHE, planned.kvCache());
        return new CudaDevice(torch, streams, staging, memory, id, bytes);
    }

    private static boolean streamsFromHost(PlacementPlan plan) {
        return plan.modules().values().stream().anyMatch(Devices::isStreamedFromHost);
    }

    private static boolean isStreamedFromHost(Placed placed) {
        return placed.isStreamed() && placed.device().equals(DeviceId.HOST);
    }
}
