package dev.plimsoll.server.runtime;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.cuda.CudaContext;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.device.Fence;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies to one GPU on a stream of its own, from a ring of page-locked buffers. What has the target's type goes straight
 * to its place; what has not goes to a buffer on the GPU first and is cast there.
 */
final class CudaCopier implements Copier {
    /** What every element type is aligned to. */
    private static final long ALIGNMENT = 16;

    private final Torch torch;
    private final LibtorchC c;
    private final CudaContext context;
    private final long stream;
    private final MemorySegment memory;
    private final List<Slot> ring = new ArrayList<>();
    private int current = -1;
    private long castBuffer;
    private long castBytes;
    private CopyTime time = CopyTime.NONE;

    /** A staging buffer, and the events before its copy, between copy and cast, and behind both. */
    private record Slot(MemorySegment memory, ByteBuffer view, long begun, long copied, long done) {}

    CudaCopier(Torch torch, CudaContext context, int buffers, int bufferBytes) {
        this.torch = torch;
        this.c = torch.c();
        this.context = context;
        this.stream = context.stream();
        long bytes = (long) buffers * bufferBytes;
        this.memory = MemorySegment.ofAddress(context.lockHost(bytes)).reinterpret(bytes);
        for (int i = 0; i < buffers; i++) {
            MemorySegment part = memory.asSlice((long) i * bufferBytes, bufferBytes);
            Slot slot = new Slot(part, part.asByteBuffer(), context.event(), context.event(), context.event());
            for (long event : List.of(slot.begun, slot.copied, slot.done)) {
                context.record(event, stream);
            }
            ring.add(slot);
        }
    }

    @Override
    public ByteBuffer next() {
        current = (current + 1) % ring.size();
        Slot slot = ring.get(current);
        context.await(slot.done);
        time = time.plus(new CopyTime(
                context.nanosBetween(slot.begun, slot.copied), context.nanosBetween(slot.copied, slot.done)));
        return slot.view.clear().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void copy(List<Landing> landings) {
        Slot slot = ring.get(current);
        reserve(landings);
        context.record(slot.begun, stream);
        long at = castBuffer;
        for (Landing landing : landings) {
            boolean cast = isCast(landing);
            context.copy(
                    cast ? at : address(landing),
                    slot.memory.address() + landing.bufferOffset(),
                    bytes(landing),
                    stream);
            at += cast ? aligned(bytes(landing)) : 0;
        }
        context.record(slot.copied, stream);
        at = castBuffer;
        for (Landing landing : landings) {
            if (isCast(landing)) {
                cast(at, landing);
                at += aligned(bytes(landing));
            }
        }
        context.record(slot.done, stream);
    }

    /** Room on the GPU for what is to be cast; in one stream, a copy into it begins when the cast before it is done. */
    private void reserve(List<Landing> landings) {
        long needed = landings.stream()
                .filter(CudaCopier::isCast)
                .mapToLong(landing -> aligned(bytes(landing)))
                .sum();
        if (needed > castBytes) {
            finish();
            release();
            castBuffer = context.allocate(needed);
            castBytes = needed;
        }
    }

    private void release() {
        if (castBytes > 0) {
            context.free(castBuffer);
            castBytes = 0;
        }
    }

    private static boolean isCast(Landing landing) {
        return TorchType.of(landing.stored()) != TorchType.of(landing.target().type());
    }

    private static long bytes(Landing landing) {
        return landing.stored().bytes(landing.elements());
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    private long address(Landing landing) {
        return c.address(((TorchTensor) landing.target()).array())
                + landing.targetElement() * landing.target().type().bytes();
    }

    private void cast(long from, Landing landing) {
        LibtorchC.Place place = LibtorchC.Place.cuda(context.gpu().ordinal());
        Shape shape = Shape.of(landing.elements());
        Torch.useOnThisThread();
        try (PtNDManager once = (PtNDManager) torch.manager().newSubManager()) {
            PtNDArray source = c.wrap(once, from, TorchType.of(landing.stored()), shape, place);
            PtNDArray target =
                    c.wrap(once, address(landing), TorchType.of(landing.target().type()), shape, place);
            c.onStream(stream, place.index(), () -> torch.tensors().run("copy", target, source));
        }
    }

    /** From page-locked memory: the host's tensors are when there are GPUs. */
    @Override
    public void copy(DeviceTensor from, DeviceTensor to) {
        TorchTensor source = (TorchTensor) from;
        context.copy(c.address(((TorchTensor) to).array()), c.address(source.array()), source.bytes(), stream);
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
        for (Slot slot : ring) {
            context.destroyEvent(slot.begun);
            context.destroyEvent(slot.copied);
            context.destroyEvent(slot.done);
        }
        release();
        context.unlockHost(memory.address());
        context.destroyStream(stream);
    }
}
