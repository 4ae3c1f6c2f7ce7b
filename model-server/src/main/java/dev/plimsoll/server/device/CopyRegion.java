package dev.plimsoll.server.device;

import dev.plimsoll.server.checkpoint.StoredDtype;

/**
 * A run of elements from the staging buffer to a tensor.
 *
 * @param bufferOffset first byte in the staging buffer
 * @param elements number of elements
 * @param stored their type in the buffer
 * @param targetElement first element in the target, row-major
 */
public record CopyRegion(
        int bufferOffset, long elements, StoredDtype stored, DeviceTensor target, long targetElement) {}
