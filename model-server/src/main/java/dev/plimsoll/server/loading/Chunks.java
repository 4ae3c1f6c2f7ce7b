package dev.plimsoll.server.loading;

import dev.plimsoll.server.checkpoint.StoredTensor;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.CopyRegion;
import dev.plimsoll.server.device.DeviceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The chunks of targets, ordered by device, file and position. Each is laid out when it is asked for. */
final class Chunks implements Iterator<Chunk> {
    /** Bytes between two tensors that are read along rather than read apart. */
    private static final int GAP_BYTES = 64 << 10;

    private static final Comparator<Target> ORDER = Comparator.comparing(
                    (Target target) -> target.tensor().device())
            .thenComparing(target -> target.stored().file())
            .thenComparingLong(Target::position);

    private final List<Target> targets;
    private final int bufferBytes;
    private int next;
    /** Bytes of the next target that are in earlier chunks. */
    private long done;

    /**
     * All chunks.
     *
     * @param bufferBytes at least two blocks
     */
    Chunks(List<Target> targets, int bufferBytes) {
        this.targets = targets.stream()
                .filter(target -> target.bytes() > 0)
                .sorted(ORDER)
                .toList();
        this.bufferBytes = bufferBytes;
    }

    @Override
    public boolean hasNext() {
        return next < targets.size();
    }

    @Override
    public Chunk next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Building building = new Building(targets.get(next), done, bufferBytes);
        while (hasNext() && building.reaches(targets.get(next), done)) {
            Target target = targets.get(next);
            done += building.take(target, done);
            if (done == target.bytes()) {
                next++;
                done = 0;
            }
        }
        return building.chunk();
    }

    private static final class Building {
        private final String file;
        private final DeviceId device;
        private final long start;
        private final int room;
        private final List<CopyRegion> regions = new ArrayList<>();
        private long end;
        private long payload;

        /**
         * An empty chunk.
         *
         * @param done bytes of the target that are in earlier chunks
         */
        Building(Target target, long done, int bufferBytes) {
            long position = target.position() + done;
            file = target.stored().file();
            device = target.tensor().device();
            start = position - position % TensorSource.BLOCK_BYTES;
            end = start;
            room = bufferBytes;
        }

        boolean reaches(Target target, long done) {
            long position = target.position() + done;
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
            long offset = target.position() + done - start;
            long bytes = Math.min(target.bytes() - done, (room - offset) / elementBytes * elementBytes);
            regions.add(new CopyRegion(
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
            return new Chunk(file, device, start, Math.toIntExact(end - start), payload, regions);
        }
    }
}
