package dev.plimsoll.server.runtime.copying;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.CopyRegion;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.runtime.copying.StagingBlock.Ring;
import dev.plimsoll.server.runtime.torch.LibtorchC;
import dev.plimsoll.server.runtime.torch.Torch;
import dev.plimsoll.server.runtime.torch.TorchTensor;
import dev.plimsoll.server.runtime.torch.TorchType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Copies within host memory; each copy is done when {@link #copy} returns. */
public final class CpuCopier implements Copier {
    private final Torch torch;
    private final PtNDManager manager;
    private final Runnable giveBack;
    private final List<Slot> ring = new ArrayList<>();
    private int current = -1;
    private long nanos;

    /** A staging buffer, and where in its tensor it begins: at a block, so that files can be read straight into it. */
    private record Slot(PtNDArray tensor, ByteBuffer view, int start) {}

    private CpuCopier(Torch torch, Runnable giveBack) {
        Torch.useOnThisThread();
        this.torch = torch;
        this.manager = (PtNDManager) torch.manager().newSubManager();
        this.giveBack = giveBack;
    }

    /** A copier with buffers of its own. */
    public static CpuCopier ofOwn(Torch torch, int buffers, int bufferBytes) {
        CpuCopier copier = new CpuCopier(torch, () -> {});
        for (int i = 0; i < buffers; i++) {
            long[] size = {(long) bufferBytes + TensorSource.BLOCK_BYTES};
            PtNDArray tensor = torch.tensors().tensor(copier.manager, "zeros", size, TorchType.UINT8, "cpu");
            ByteBuffer whole = tensor.toByteBuffer(true);
            int start = -whole.alignmentOffset(0, TensorSource.BLOCK_BYTES) & (TensorSource.BLOCK_BYTES - 1);
            copier.ring.add(new Slot(tensor, whole.slice(start, bufferBytes), start));
        }
        return copier;
    }

    /** A copier whose buffers are lent: it has them until it is closed. */
    public static CpuCopier on(Torch torch, Ring memory, int bufferBytes) {
        CpuCopier copier = new CpuCopier(torch, memory::close);
        long bytes = memory.memory().byteSize();
        for (long offset = 0; offset + bufferBytes <= bytes; offset += bufferBytes) {
            MemorySegment part = memory.memory().asSlice(offset, bufferBytes);
            PtNDArray tensor = torch.c()
                    .wrap(copier.manager, part.address(), TorchType.UINT8, Shape.of(bufferBytes), LibtorchC.Place.CPU);
            copier.ring.add(new Slot(tensor, part.asByteBuffer(), 0));
        }
        return copier;
    }

    @Override
    public ByteBuffer next() {
        current = (current + 1) % ring.size();
        return ring.get(current).view.clear().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void copy(List<CopyRegion> regions) {
        long start = System.nanoTime();
        Slot slot = ring.get(current);
        for (CopyRegion region : regions) {
            torch.tensors()
                    .run(
                            "land",
                            ((TorchTensor) region.target()).array(),
                            slot.tensor,
                            slot.start + region.bufferOffset(),
                            region.stored().bytes(region.elements()),
                            TorchType.of(region.stored()),
                            region.targetElement(),
                            region.elements());
        }
        nanos += System.nanoTime() - start;
    }

    @Override
    public void copy(DeviceTensor from, DeviceTensor to) {
        torch.tensors().run("copy", ((TorchTensor) to).array(), ((TorchTensor) from).array());
    }

    @Override
    public void finish() {}

    @Override
    public CopyTime time() {
        return new CopyTime(nanos, 0);
    }

    @Override
    public void close() {
        manager.close();
        giveBack.run();
    }
}
