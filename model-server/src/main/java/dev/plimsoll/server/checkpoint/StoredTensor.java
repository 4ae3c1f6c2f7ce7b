package dev.plimsoll.server.checkpoint;

/**
 * One tensor as it lies in a shard, row-major, little-endian.
 *
 * @param file shard, relative to the checkpoint
 * @param position first byte in the file
 * @param bytes {@code shape.elements() * dtype.bytes()}
 */
public record StoredTensor(String name, StoredDtype dtype, Shape shape, String file, long position, long bytes) {}
