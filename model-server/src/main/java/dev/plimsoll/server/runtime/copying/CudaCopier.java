package dev.plimsoll.server.runtime.copying;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.CopyRegion;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.device.Fence;
import dev.plimsoll.server.runtime.copying.CopyStream.Events;
import dev.plimsoll.server.runtime.copying.StagingBlock.Ring;
import dev.plimsoll.server.runtime.torch.CudaTensor;
import dev.plimsoll.server.runtime.torch.HostTensor;
import dev.plimsoll.server.runtime.torch.LibtorchC;
import dev.plimsoll.server.runtime.torch.Torch;
import dev.plimsoll.server.runtime.torch.TorchType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Copies to one GPU on a stream of its own, from a ring of page-locked buffers. What has the target's type goes straight
 * to its place; what has not goes to a buffer on the GPU first and is cast there.
 */
public final class CudaCopier implements Copier {
    /** What every element type is aligned to. */
    private static final long ALIGNMENT = 16;

    private final Supplier<Torch> torch;
    private final CudaContext context;
    private final CopyStreams streams;
    private final CastMemory casts;
    private final CopyStream own;
    private final long stream;
    private final Ring lent;
    private final List<Slot> ring = new ArrayList<>();
    private int current = -1;
    private long castBuffer;
    private long castBytes;
    private CopyTime time = CopyTime.NONE;

    /** A staging buffer, and the events of its copy. */
    private record Slot(MemorySegment memory, ByteBuffer view, Events events) {}

    /**
     * A copier; it has a stream of the GPU, and what is lent, until it is closed.
     *
     * @param torch waits until libtorch is loaded: only casts need it
     * @param bufferBytes of each of the ring's buffers
     */
    public CudaCopier(Supplier<Torch> torch, CopyStreams streams, CastMemory casts, Ring lent, int bufferBytes) {
        this.torch = torch;
        this.casts = casts;
        this.context = streams.context();
        this.streams = streams;
        this.own = streams.take();
        this.stream = own.handle();
        this.lent = lent;
        List<Events> events = own.events(Math.toIntExact(lent.memory().byteSize() / bufferBytes));
        for (int i = 0; i < events.size(); i++) {
            MemorySegment part = lent.memory().asSlice((long) i * bufferBytes, bufferBytes);
            ring.add(new Slot(part, part.asByteBuffer(), events.get(i)));
        }
    }

    @Override
    public ByteBuffer next() {
        current = (current + 1) % ring.size();
        Slot slot = ring.get(current);
        context.await(slot.events.done());
        time = time.plus(new CopyTime(
                context.nanosBetween(slot.events.begun(), slot.events.copied()),
                context.nanosBetween(slot.events.copied(), slot.events.done())));
        return slot.view.clear().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void copy(List<CopyRegion> regions) {
        Slot slot = ring.get(current);
        reserve(regions);
        context.record(slot.events.begun(), stream);
        long at = castBuffer;
        for (CopyRegion region : regions) {
            boolean cast = isCast(region);
            context.copy(
                    cast ? at : address(region), slot.memory.address() + region.bufferOffset(), bytes(region), stream);
            at += cast ? aligned(bytes(region)) : 0;
        }
        context.record(slot.events.copied(), stream);
        at = castBuffer;
        for (CopyRegion region : regions) {
            if (isCast(region)) {
                cast(at, region);
                at += aligned(bytes(region));
            }
        }
        context.record(slot.events.done(), stream);
    }

    /** Room on the GPU for what is to be cast; in one stream, a copy into it begins when the cast before it is done. */
    private void reserve(List<CopyRegion> regions) {
        long needed = regions.stream()
                .filter(CudaCopier::isCast)
                .mapToLong(region -> aligned(bytes(region)))
                .sum();
        if (needed > castBytes) {
            finish();
            release();
            long enough = Math.max(needed, ring.getFirst().memory.byteSize());
            castBuffer = casts.take(enough);
            castBytes = enough;
        }
    }

    private void release() {
        if (castBytes > 0) {
            casts.giveBack(castBuffer, castBytes);
            castBytes = 0;
        }
    }

    private static boolean isCast(CopyRegion region) {
        return TorchType.of(region.stored()) != TorchType.of(region.target().type());
    }

    private static long bytes(CopyRegion region) {
        return region.stored().bytes(region.elements());
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    private static long address(CopyRegion region) {
        return ((CudaTensor) region.target()).address()
                + region.targetElement() * region.target().type().bytes();
    }

    private void cast(long from, CopyRegion region) {
        LibtorchC.Place place = LibtorchC.Place.cuda(context.gpu().ordinal());
        Shape shape = Shape.of(region.elements());
        Torch loaded = torch.get();
        Torch.useOnThisThread();
        LibtorchC c = loaded.c();
        try (PtNDManager once = (PtNDManager) loaded.manager().newSubManager()) {
            PtNDArray source = c.wrap(once, from, TorchType.of(region.stored()), shape, place);
            PtNDArray target =
                    c.wrap(once, address(region), TorchType.of(region.target().type()), shape, place);
            c.onStream(stream, place.index(), () -> loaded.tensors().run("copy", target, source));
        }
    }

    /** From page-locked memory: the host's tensors are when there are GPUs. */
    @Override
    public void copy(DeviceTensor from, DeviceTensor to) {
        HostTensor source = (HostTensor) from;
        long address = torch.get().c().address(source.array());
        context.copy(((CudaTensor) to).address(), address, source.bytes(), stream);
    }

    @Override
    public void await(Fence fence) {
        ((CudaFence) fence).await(stream);
    }

    @Override
    public void mark(Fence fence) {
        ((CudaFence) fence).mark(stream);
    }

    @Override
    public void finish() {
        context.finish(stream);
    }

    @Override
    public CopyTime time() {
        return time;
    }

    @Override
    public void close() {
        context.finish(stream);
        release();
        streams.giveBack(own);
        lent.close();
    }
}
