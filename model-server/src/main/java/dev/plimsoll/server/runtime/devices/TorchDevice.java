package dev.plimsoll.server.runtime.devices;

import dev.plimsoll.server.device.Device;

/** A device that libtorch computes on. */
public interface TorchDevice extends Device {
    /** libtorch's name: {@code cpu}, {@code cuda:0}. */
    String torchName();
}
