package dev.plimsoll.server.runtime;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.device.DeviceUsage;
import dev.plimsoll.server.device.Fence;
import dev.plimsoll.server.memory.GpuMemory;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.placement.ElementType;
import dev.plimsoll.server.runtime.StagingBlock.Ring;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A GPU. Its tensors lie one behind the other in few large allocations, so that what is taken is what was planned;
 * libtorch's own allocator holds only what a step makes and drops.
 */
final class CudaDevice implements TorchDevice {
    private final Torch torch;
    private final LibtorchC c;
    private final CudaContext context;
    private final CopyStreams streams;
    private final StagingBlock staging;
    private final GpuMemory memory;
    private final PtNDManager manager;
    private final DeviceId id;
    private final OptionalLong beforeTensors;
    private OptionalLong steps = OptionalLong.empty();
    private final Map<Purpose, TensorArena> arenas = new EnumMap<>(Purpose.class);

    /**
     * A device without tensors; libtorch's context on it exists afterwards.
     *
     * @param streams those of its context; closed with it
     * @param staging lends copiers their rings, while it has any
     * @param id what the plan calls it
     * @param planned bytes that tensors of each purpose will take
     */
    CudaDevice(
            Torch torch,
            CopyStreams streams,
            StagingBlock staging,
            GpuMemory memory,
            DeviceId id,
            Map<Purpose, Long> planned) {
        this.torch = torch;
        this.c = torch.c();
        this.context = streams.context();
        this.streams = streams;
        this.staging = staging;
        this.memory = memory;
        this.manager = (PtNDManager) torch.manager().newSubManager();
        this.id = id;
        torch.tensors().tensor(manager, "zeros", new long[1], TorchType.UINT8, torchName());
        this.beforeTensors = memory.process();
        for (Purpose purpose : Purpose.values()) {
            arenas.put(purpose, new TensorArena(context::allocate, context::free, planned.getOrDefault(purpose, 0L)));
        }
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
        long first = c.address(((TorchTensor) tensor).array());
        return tensor(first + element * tensor.type().bytes(), tensor.type(), shape);
    }

    private TorchTensor tensor(long address, ElementType type, Shape shape) {
        PtNDArray array = c.wrap(
                manager,
                address,
                TorchType.of(type),
                shape,
                LibtorchC.Place.cuda(context.gpu().ordinal()));
        return new TorchTensor(id, type, shape, array);
    }

    @Override
    public Copier copier(int buffers, int bufferBytes) {
        long bytes = (long) buffers * bufferBytes;
        Ring ring = staging.lend(bytes).orElseGet(() -> locked(bytes));
        return new CudaCopier(torch, streams, ring, bufferBytes);
    }

    private Ring locked(long bytes) {
        long address = context.lockHost(bytes);
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
        steps = minus(minus(memory.process(), beforeTensors), OptionalLong.of(tensors()));
    }

    private long tensors() {
        return arenas.values().stream().mapToLong(TensorArena::bytes).sum();
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
                beforeTensors,
                memory.process(),
                memory.source());
    }

    @Override
    public void close() {
        manager.close();
        arenas.values().forEach(TensorArena::close);
        streams.close();
    }
}
