package dev.plimsoll.server.runtime.torch;

import ai.djl.pytorch.engine.PtNDArray;
import dev.plimsoll.server.device.DeviceTensor;

/** A tensor that libtorch can compute with. */
public sealed interface TorchTensor extends DeviceTensor permits HostTensor, CudaTensor {
    /** What libtorch computes with. */
    PtNDArray array();

    /** Bytes of its elements. */
    default long bytes() {
        return shape().elements() * type().bytes();
    }
}
