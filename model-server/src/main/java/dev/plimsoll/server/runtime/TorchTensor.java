package dev.plimsoll.server.runtime;

import ai.djl.pytorch.engine.PtNDArray;
import dev.plimsoll.server.device.DeviceTensor;

/** A tensor that libtorch can compute with. */
sealed interface TorchTensor extends DeviceTensor permits HostTensor, CudaTensor {
    PtNDArray array();

    default long bytes() {
        return shape().elements() * type().bytes();
    }
}
