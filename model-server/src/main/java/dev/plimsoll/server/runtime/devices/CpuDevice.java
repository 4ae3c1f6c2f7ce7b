package dev.plimsoll.server.runtime.devices;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.device.DeviceUsage;
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.runtime.copying.CpuCopier;
import dev.plimsoll.server.runtime.copying.StagingBlock;
import dev.plimsoll.server.runtime.torch.HostTensor;
import dev.plimsoll.server.runtime.torch.LibtorchC;
import dev.plimsoll.server.runtime.torch.Torch;
import dev.plimsoll.server.runtime.torch.TorchTensor;
import dev.plimsoll.server.runtime.torch.TorchType;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tensors in host memory: the host itself, or a GPU that is emulated with an enforced limit. */
final class CpuDevice implements TorchDevice {
    private final Supplier<Torch> torch;
    private final DeviceId id;
    private final DeviceReport.Kind kind;
    private final long capacityBytes;
    private final @Nullable TensorArena locked;
    private final StagingBlock staging;
    private final Map<Purpose, Long> used = new EnumMap<>(Purpose.class);
    private OptionalLong workspace = OptionalLong.empty();
    private @Nullable PtNDManager manager;

    /**
     * A device without tensors. The first that is made waits for libtorch.
     *
     * @param torch waits until libtorch is loaded
     * @param capacityBytes no tensor that would go beyond is made
     * @param locked page-locked memory for weights, so that GPUs copy them at their link's rate; null where they need not be
     * @param staging lends copiers their rings, while it has any
     */
    CpuDevice(
            Supplier<Torch> torch,
            DeviceId id,
            DeviceReport.Kind kind,
            long capacityBytes,
            @Nullable TensorArena locked,
            StagingBlock staging) {
        this.torch = torch;
        this.id = id;
        this.kind = kind;
        this.capacityBytes = capacityBytes;
        this.locked = locked;
        this.staging = staging;
    }

    @Override
    public String torchName() {
        return "cpu";
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public DeviceReport.Kind kind() {
        return kind;
    }

    @Override
    public @Nullable String uuid() {
        return null;
    }

    @Override
    public @Nullable String product() {
        return kind.equals(DeviceReport.Kind.Emulated) ? "Emulated" : null;
    }

    @Override
    public long capacityBytes() {
        return capacityBytes;
    }

    @Override
    public synchronized DeviceTensor allocate(Purpose purpose, ElementType type, Shape shape) {
        long bytes = Math.multiplyExact(shape.elements(), type.bytes());
        long total = used.values().stream().mapToLong(Long::longValue).sum();
        if (bytes > capacityBytes - total) {
            throw outOfMemory("a tensor of " + ByteSize.format(bytes), total);
        }
        PtNDArray array = locked != null && purpose == Purpose.WEIGHTS
                ? torch.get().c().wrap(manager(), locked.take(bytes), TorchType.of(type), shape, LibtorchC.Place.CPU)
                : torch.get().tensors().tensor(manager(), "zeros", shape.toArray(), TorchType.of(type), torchName());
        used.merge(purpose, bytes, Long::sum);
        return new HostTensor(id, type, shape, array);
    }

    private synchronized PtNDManager manager() {
        if (manager == null) {
            manager = (PtNDManager) torch.get().manager().newSubManager();
        }
        return manager;
    }

    @Override
    public DeviceTensor view(DeviceTensor tensor, long element, Shape shape) {
        PtNDArray part = torch.get()
                .tensors()
                .tensor(manager(), "part", ((TorchTensor) tensor).array(), element, shape.elements(), shape.toArray());
        return new HostTensor(id, tensor.type(), shape, part);
    }

    @Override
    public Copier copier(int buffers, int bufferBytes) {
        return staging.lend((long) buffers * bufferBytes)
                .map(ring -> CpuCopier.on(torch.get(), ring, bufferBytes))
                .orElseGet(() -> CpuCopier.ofOwn(torch.get(), buffers, bufferBytes));
    }

    /**
     * Takes note of the transient bytes of the largest step, as measured.
     *
     * @throws PlimsollException {@code DeviceOutOfMemory} when they do not fit beside what is held
     */
    @Override
    public synchronized void workspaceMeasured(long bytes) {
        workspace = OptionalLong.of(bytes);
        long held = used.values().stream().mapToLong(Long::longValue).sum();
        if (bytes > capacityBytes - held) {
            throw outOfMemory("a step's workspace of " + ByteSize.format(bytes), held);
        }
    }

    private PlimsollException outOfMemory(String what, long held) {
        return new PlimsollException(
                Reason.DeviceOutOfMemory,
                id + " has " + ByteSize.format(capacityBytes) + ", holds " + ByteSize.format(held)
                        + " and has no room for " + what + ": use a larger device, or fewer or shorter sequences");
    }

    @Override
    public synchronized DeviceUsage usage() {
        OptionalLong weights = OptionalLong.of(used.getOrDefault(Purpose.WEIGHTS, 0L));
        OptionalLong kvCache = OptionalLong.of(used.getOrDefault(Purpose.KV_CACHE, 0L));
        long buffers = used.getOrDefault(Purpose.STREAM, 0L);
        OptionalLong transients = workspace.isPresent() ? OptionalLong.of(workspace.getAsLong() + buffers) : workspace;
        OptionalLong process = transients.isPresent()
                ? OptionalLong.of(weights.getAsLong() + kvCache.getAsLong() + transients.getAsLong())
                : OptionalLong.empty();
        return new DeviceUsage(
                weights,
                kvCache,
                transients,
                OptionalLong.empty(),
                process,
                kind.equals(DeviceReport.Kind.Emulated) ? DeviceReport.Source.Emulated : DeviceReport.Source.Process);
    }

    @Override
    public void close() {
        if (manager != null) {
            manager.close();
        }
        if (locked != null) {
            locked.close();
        }
    }
}
