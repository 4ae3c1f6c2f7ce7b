package dev.plimsoll.server.loading;

import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.Copier.CopyTime;
import dev.plimsoll.server.device.Device;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One thread's part of a load: the lane of its device first, then any that needs help. It never holds staging for two
 * devices.
 */
final class Reader {
    private final TensorSource source;
    private final Staging staging;
    private final Device device;
    private final CompletableFuture<List<Lane>> lanes;
    private final Meter meter;
    private long readNanos;
    private CopyTime copyTime = CopyTime.NONE;

    /**
     * A reader.
     *
     * @param device the one to begin with: staging for it is made while the lanes are still being laid
     */
    Reader(TensorSource source, Staging staging, Device device, CompletableFuture<List<Lane>> lanes, Meter meter) {
        this.source = source;
        this.staging = staging;
        this.device = device;
        this.lanes = lanes;
        this.meter = meter;
    }

    /** Reads until nothing is left for it; what goes wrong here stops every reader. */
    Reader read() {
        try {
            try (Copier copier = copier(device)) {
                drain(own(), copier);
            }
            for (Optional<Lane> lane = busiest(); lane.isPresent(); lane = busiest()) {
                try (Copier copier = copier(lane.get().device())) {
                    drain(lane.get(), copier);
                }
            }
            return this;
        } catch (RuntimeException | Error e) {
            var unused = lanes.thenAccept(all -> all.forEach(Lane::stop));
            throw e;
        }
    }

    private Copier copier(Device target) {
        return target.copier(staging.buffers(), staging.bufferBytes());
    }

    private Lane own() {
        return lanes.join().stream()
                .filter(lane -> lane.device().equals(device))
                .findFirst()
                .orElseThrow();
    }

    private Optional<Lane> busiest() {
        return lanes.join().stream().filter(Lane::needsReader).max(Comparator.comparingLong(Lane::leftBytes));
    }

    private void drain(Lane lane, Copier copier) {
        lane.enter();
        try {
            for (Chunk chunk = lane.take(); chunk != null; chunk = lane.take()) {
                var buffer = copier.next().limit(chunk.bytes());
                long start = System.nanoTime();
                source.read(chunk.file(), chunk.position(), buffer);
                readNanos += System.nanoTime() - start;
                copier.copy(chunk.regions());
                meter.add(chunk.payload());
            }
            copier.finish();
            copyTime = copyTime.plus(copier.time());
        } finally {
            lane.leave();
        }
    }

    long readNanos() {
        return readNanos;
    }

    CopyTime copyTime() {
        return copyTime;
    }
}
