package dev.plimsoll.server.runtime.devices;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.device.DeviceUsage;
import dev.plimsoll.server.device.ElementType;
import dev.plimsoll.server.device.Fence;
import dev.plimsoll.server.memory.GpuMemory;
import dev.plimsoll.server.runtime.copying.CastMemory;
import dev.plimsoll.server.runtime.copying.CopyStreams;
import dev.plimsoll.server.runtime.copying.CudaCopier;
import dev.plimsoll.server.runtime.copying.CudaFence;
import dev.plimsoll.server.runtime.copying.StagingBlock;
import dev.plimsoll.server.runtime.copying.StagingBlock.Ring;
import dev.plimsoll.server.runtime.torch.CudaTensor;
import dev.plimsoll.server.runtime.torch.LibtorchC;
import dev.plimsoll.server.runtime.torch.Torch;
import dev.plimsoll.server.runtime.torch.TorchType;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A GPU. Its tensors lie one behind the other in few large allocations, so that what is taken is what was planned;
 * libtorch's own allocator holds only what a step makes and drops.
 */
public final class CudaDevice implements TorchDevice {
    private final Supplier<Torch> torch;
    private final CudaContext context;
    private final CopyStreams streams;
    private final StagingBlock staging;
    private final GpuMemory memory;
    private final DeviceId id;
    private final CastMemory casts;
    private OptionalLong contextBytes = OptionalLong.empty();
    private OptionalLong steps = OptionalLong.empty();
    private @Nullable PtNDManager manager;
    private final Map<Purpose, TensorArena> arenas = new EnumMap<>(Purpose.class);

    /**
     * A device without tensors. They can be made and filled at once, and computed with after {@link #begin}.
     *
     * @param torch waits until libtorch is loaded
     * @param streams those of its context; closed with it
     * @param staging lends copiers their rings, while it has any
     * @param id what the plan calls it
     * @param planned bytes that tensors of each purpose will take
     */
    CudaDevice(
            Supplier<Torch> torch,
            CopyStreams streams,
            StagingBlock staging,
            GpuMemory memory,
            DeviceId id,
            Map<Purpose, Long> planned) {
        this.torch = torch;
        this.context = streams.context();
        this.streams = streams;
        this.staging = staging;
        this.memory = memory;
        this.id = id;
        this.casts = new CastMemory(context);
        for (Purpose purpose : Purpose.values()) {
            arenas.put(purpose, new TensorArena(context::allocate, context::free, planned.getOrDefault(purpose, 0L)));
        }
    }

    /** Its context, for kernels that are not libtorch's. */
    public CudaContext context() {
        return context;
    }

    /** Lets libtorch make its part of the context; what the process takes then beside tensors is the context's. */
    synchronized void begin() {
        manager = (PtNDManager) torch.get().manager().newSubManager();
        torch.get().tensors().tensor(manager, "zeros", new long[1], TorchType.UINT8, torchName());
        contextBytes = besideTensors();
    }

    @Override
    public String torchName() {
        return "cuda:" + context.gpu().ordinal();
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public DeviceReport.Kind kind() {
        return DeviceReport.Kind.Cuda;
    }

    @Override
    public String uuid() {
        return context.gpu().uuid();
    }

    @Override
    public String product() {
        return context.gpu().product();
    }

    @Override
    public long capacityBytes() {
        return context.gpu().totalBytes();
    }

    @Override
    public synchronized DeviceTensor allocate(Purpose purpose, ElementType type, Shape shape) {
        long address = arena(purpose).take(Math.multiplyExact(shape.elements(), type.bytes()));
        return tensor(address, type, shape);
    }

    private TensorArena arena(Purpose purpose) {
        return Objects.requireNonNull(arenas.get(purpose));
    }

    @Override
    public DeviceTensor view(DeviceTensor tensor, long element, Shape shape) {
        long first = ((CudaTensor) tensor).address();
        return tensor(first + element * tensor.type().bytes(), tensor.type(), shape);
    }

    private CudaTensor tensor(long address, ElementType type, Shape shape) {
        return new CudaTensor(id, type, shape, address, this::wrap);
    }

    private synchronized PtNDArray wrap(CudaTensor tensor) {
        return torch.get()
                .c()
                .wrap(
                        Objects.requireNonNull(manager, "computing has not begun"),
                        tensor.address(),
                        TorchType.of(tensor.type()),
                        tensor.shape(),
                        LibtorchC.Place.cuda(context.gpu().ordinal()));
    }

    @Override
    public Copier copier(int buffers, int bufferBytes) {
        long bytes = (long) buffers * bufferBytes;
        Ring ring = staging.lend(bytes).orElseGet(() -> locked(bytes));
        return new CudaCopier(torch, streams, casts, ring, bufferBytes);
    }

    private Ring locked(long bytes) {
        long address = context.lockHost(bytes, ForkJoinPool.commonPool());
        MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(bytes);
        return new Ring(memory, () -> context.unlockHost(address));
    }

    @Override
    public Fence fence() {
        return new CudaFence(context);
    }

    @Override
    public void mark(Fence fence) {
        ((CudaFence) fence).mark(CudaFence.COMPUTING);
    }

    @Override
    public void await(Fence fence) {
        ((CudaFence) fence).await(CudaFence.COMPUTING);
    }

    /**
     * What a step takes is in libtorch's allocator now, and stays there: whatever the process has taken beyond its
     * context and its tensors.
     */
    @Override
    public synchronized void workspaceMeasured(long bytes) {
        steps = minus(besideTensors(), contextBytes);
    }

    private OptionalLong besideTensors() {
        long tensors = arenas.values().stream().mapToLong(TensorArena::bytes).sum();
        return minus(casts.beside(memory::process), OptionalLong.of(tensors));
    }

    private static OptionalLong minus(OptionalLong whole, OptionalLong part) {
        return whole.isPresent() && part.isPresent()
                ? OptionalLong.of(whole.getAsLong() - part.getAsLong())
                : OptionalLong.empty();
    }

    @Override
    public synchronized DeviceUsage usage() {
        long buffers = arena(Purpose.STREAM).bytes();
        return new DeviceUsage(
                OptionalLong.of(arena(Purpose.WEIGHTS).bytes()),
                OptionalLong.of(arena(Purpose.KV_CACHE).bytes()),
                steps.isPresent() ? OptionalLong.of(Math.max(0, steps.getAsLong()) + buffers) : steps,
                contextBytes,
                memory.process(),
                memory.source());
    }

    @Override
    public void close() {
        if (manager != null) {
            manager.close();
        }
        arenas.values().forEach(TensorArena::close);
        streams.close();
    }
}
