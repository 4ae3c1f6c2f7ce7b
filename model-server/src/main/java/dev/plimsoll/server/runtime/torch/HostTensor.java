package dev.plimsoll.server.runtime.torch;

import ai.djl.pytorch.engine.PtNDArray;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.ElementType;

/** A tensor in host memory that libtorch holds. */
public record HostTensor(DeviceId device, ElementType type, Shape shape, PtNDArray array) implements TorchTensor {}
