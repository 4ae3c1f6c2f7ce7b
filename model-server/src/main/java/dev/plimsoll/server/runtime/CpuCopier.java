package dev.plimsoll.server.runtime;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.DeviceTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Copies within host memory; each copy is done when {@link #copy} returns. */
final class CpuCopier implements Copier {
    private final Torch torch;
    private final PtNDManager manager;
    private final List<PtNDArray> staging = new ArrayList<>();
    private final List<ByteBuffer> views = new ArrayList<>();
    private int current = -1;
    private long nanos;

    CpuCopier(Torch torch, int buffers, int bufferBytes) {
        Torch.useOnThisThread();
        this.torch = torch;
        this.manager = (PtNDManager) torch.manager().newSubManager();
        for (int i = 0; i < buffers; i++) {
            PtNDArray tensor =
                    torch.tensors().tensor(manager, "zeros", new long[] {bufferBytes}, TorchType.UINT8, "cpu");
            staging.add(tensor);
            views.add(tensor.toByteBuffer(true));
        }
    }

    @Override
    public ByteBuffer next() {
        current = (current + 1) % staging.size();
        return views.get(current).clear().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void copy(List<Landing> landings) {
        long start = System.nanoTime();
        for (Landing landing : landings) {
            torch.tensors()
                    .run(
                            "land",
                            ((TorchTensor) landing.target()).array(),
                            staging.get(current),
                            landing.bufferOffset(),
                            landing.stored().bytes(landing.elements()),
                            TorchType.of(landing.stored()),
                            landing.targetElement(),
                            landing.elements());
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
    }
}
