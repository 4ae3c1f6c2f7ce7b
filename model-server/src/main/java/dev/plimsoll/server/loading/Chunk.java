package dev.plimsoll.server.loading;

import dev.plimsoll.server.checkpoint.StoredTensor;
import dev.plimsoll.server.device.Copier.Landing;
import dev.plimsoll.server.placement.DeviceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A range of one file that fits a staging buffer, and where its elements go on one device.
 *
 * @param position first byte in the file
 * @param bytes length
 */
record Chunk(String file, DeviceId device, long position, int bytes, List<Landing> landings) {
    /** Bytes between two tensors that are read along rather than read apart. */
    private static final int GAP_BYTES = 64 << 10;

    /** Splits and joins targets into chunks, ordered by file and position. */
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
            int elementBytes = Math.toIntExact(stored.dtype().bytes(1));
            long done = 0;
            while (done < stored.bytes()) {
                long position = stored.position() + done;
                if (building == null || !building.reaches(target, position, elementBytes, bufferBytes)) {
                    building = new Building(target, position);
                    chunks.add(building.chunk);
                }
                done += building.take(target, position, stored.bytes() - done, elementBytes, bufferBytes);
                chunks.set(chunks.size() - 1, building.chunk);
            }
        }
        return chunks;
    }

    private static final class Building {
        private Chunk chunk;

        Building(Target target, long position) {
            chunk = new Chunk(target.stored().file(), target.tensor().device(), position, 0, new ArrayList<>());
        }

        boolean reaches(Target target, long position, int elementBytes, int bufferBytes) {
            long end = chunk.position + chunk.bytes;
            return chunk.file.equals(target.stored().file())
                    && chunk.device.equals(target.tensor().device())
                    && position >= end
                    && position - end <= GAP_BYTES
                    && position + elementBytes - chunk.position <= bufferBytes;
        }

        long take(Target target, long position, long remaining, int elementBytes, int bufferBytes) {
            long offset = position - chunk.position;
            long bytes = Math.min(remaining, (bufferBytes - offset) / elementBytes * elementBytes);
            long firstElement = (position - target.stored().position()) / elementBytes;
            chunk.landings.add(new Landing(
                    Math.toIntExact(offset),
                    bytes / elementBytes,
                    target.stored().dtype(),
                    target.tensor(),
                    target.element() + firstElement));
            chunk = new Chunk(
                    chunk.file, chunk.device, chunk.position, Math.toIntExact(offset + bytes), chunk.landings);
            return bytes;
        }
    }
}
