package dev.plimsoll.server.loading;

import dev.plimsoll.server.checkpoint.StoredTensor;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier.Landing;
import dev.plimsoll.server.placement.DeviceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A range of one file that fits a staging buffer, and where its elements go on one device.
 *
 * @param position first byte in the file, a multiple of {@link TensorSource#BLOCK_BYTES}
 * @param bytes length
 * @param payload bytes of elements among them
 */
record Chunk(String file, DeviceId device, long position, int bytes, long payload, List<Landing> landings) {
    /** Bytes between two tensors that are read along rather than read apart. */
    private static final int GAP_BYTES = 64 << 10;

    /**
     * Splits and joins targets into chunks, ordered by device, file and position.
     *
     * @param bufferBytes at least two blocks
     */
    static List<Chunk> of(List<Target> targets, int bufferBytes) {
        List<Target> ordered = targets.stream()
                .sorted(Comparator.comparing((Target target) -> target.tensor().device())
                        .thenComparing(target -> target.stored().file())
                        .thenComparingLong(target -> target.stored().position()))
                .toList();
        List<Chunk> chunks = new ArrayList<>();
        Building building = null;
        for (Target target : ordered) {
            StoredTensor stored = target.stored();
            for (long done = 0; done < stored.bytes(); ) {
                if (building == null || !building.reaches(target, done)) {
                    finish(building, chunks);
                    building = new Building(target, done, bufferBytes);
                }
                done += building.take(target, done);
            }
        }
        finish(building, chunks);
        return chunks;
    }

    private static void finish(@Nullable Building building, List<Chunk> chunks) {
        if (building != null) {
            chunks.add(building.chunk());
        }
    }

    private static final class Building {
        private final String file;
        private final DeviceId device;
        private final long start;
        private final int room;
        private final List<Landing> landings = new ArrayList<>();
        private long end;
        private long payload;

        /**
         * An empty chunk.
         *
         * @param done bytes of the target that are in earlier chunks
         */
        Building(Target target, long done, int bufferBytes) {
            long position = target.stored().position() + done;
            file = target.stored().file();
            device = target.tensor().device();
            start = position - position % TensorSource.BLOCK_BYTES;
            end = start;
            room = bufferBytes;
        }

        boolean reaches(Target target, long done) {
            long position = target.stored().position() + done;
            return file.equals(target.stored().file())
                    && device.equals(target.tensor().device())
                    && position >= end
                    && position - end <= GAP_BYTES
                    && position + target.stored().dtype().bytes(1) - start <= room;
        }

        /** As many of the target's remaining bytes as there is room for. */
        long take(Target target, long done) {
            StoredTensor stored = target.stored();
            long elementBytes = stored.dtype().bytes(1);
            long offset = stored.position() + done - start;
            long bytes = Math.min(stored.bytes() - done, (room - offset) / elementBytes * elementBytes);
            landings.add(new Landing(
                    Math.toIntExact(offset),
                    bytes / elementBytes,
                    stored.dtype(),
                    target.tensor(),
                    target.element() + done / elementBytes));
            end = start + offset + bytes;
            payload += bytes;
            return bytes;
        }

        Chunk chunk() {
            return new Chunk(file, device, start, Math.toIntExact(end - start), payload, landings);
        }
    }
}
