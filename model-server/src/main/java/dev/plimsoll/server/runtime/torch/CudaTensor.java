package dev.plimsoll.server.runtime.torch;

import ai.djl.pytorch.engine.PtNDArray;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.ElementType;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A tensor in a GPU's memory. It can be filled before libtorch, which then sees it, is loaded. */
public final class CudaTensor implements TorchTensor {
    private final DeviceId device;
    private final ElementType type;
    private final Shape shape;
    private final long address;
    private final Function<CudaTensor, PtNDArray> wrap;
    private @Nullable PtNDArray array;

    /**
     * A tensor.
     *
     * @param address of its first element, in the GPU's memory
     * @param wrap makes what libtorch computes with, when that is first asked for
     */
    public CudaTensor(
            DeviceId device, ElementType type, Shape shape, long address, Function<CudaTensor, PtNDArray> wrap) {
        this.device = device;
        this.type = type;
        this.shape = shape;
        this.address = address;
        this.wrap = wrap;
    }

    @Override
    public DeviceId device() {
        return device;
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    /** Of its first element, in the GPU's memory. */
    public long address() {
        return address;
    }

    @Override
    public synchronized PtNDArray array() {
        if (array == null) {
            array = wrap.apply(this);
        }
        return array;
    }
}
