package dev.plimsoll.server.loading;

import dev.plimsoll.server.checkpoint.StoredTensor;
import dev.plimsoll.server.device.DeviceTensor;

/**
 * A stored tensor and where it goes.
 *
 * @param element first element in {@code tensor}, row-major
 */
public record Target(StoredTensor stored, DeviceTensor tensor, long element) {}
