package dev.plimsoll.server.runtime;

import ai.djl.pytorch.engine.PtNDArray;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.placement.ElementType;

/** A tensor that libtorch holds. */
record TorchTensor(DeviceId device, ElementType type, Shape shape, PtNDArray array) implements DeviceTensor {
    long bytes() {
        return shape.elements() * type.bytes();
    }
}
