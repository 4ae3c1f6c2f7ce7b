package dev.plimsoll.server.loading;

import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.CopyRegion;
import dev.plimsoll.server.device.DeviceId;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of one file that fits a staging buffer, and where its elements go on one device.
 *
 * @param position first byte in the file, a multiple of {@link TensorSource#BLOCK_BYTES}
 * @param bytes length
 * @param payload bytes of elements among them
 */
record Chunk(String file, DeviceId device, long position, int bytes, long payload, List<CopyRegion> regions) {
    /**
     * Splits and joins targets into chunks, ordered by device, file and position.
     *
     * @param bufferBytes at least two blocks
     */
    static List<Chunk> of(List<Target> targets, int bufferBytes) {
        List<Chunk> chunks = new ArrayList<>();
        new Chunks(targets, bufferBytes).forEachRemaining(chunks::add);
        return chunks;
    }
}
