package dev.plimsoll.server.device;

import dev.plimsoll.server.checkpoint.Shape;

/** A tensor on a device; what is behind it is the device's own business. */
public interface DeviceTensor {
    DeviceId device();

    ElementType type();

    Shape shape();
}
