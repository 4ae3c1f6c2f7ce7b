package dev.plimsoll.server.loading;

import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.Copier.CopyTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * One thread's part of a load: the lane of its device first, then any that needs help. It never holds staging for two
 * devices.
 */
final class Reader implements Callable<Reader> {
    private final TensorSource source;
    private final Staging staging;
    private final List<Lane> lanes;
    private final Lane own;
    private final Meter meter;
    private long readNanos;
    private CopyTime copyTime = CopyTime.NONE;

    Reader(TensorSource source, Staging staging, List<Lane> lanes, Lane own, Meter meter) {
        this.source = source;
        this.staging = staging;
        this.lanes = lanes;
        this.own = own;
        this.meter = meter;
    }

    /** Reads until nothing is left for it; what goes wrong here stops every reader. */
    @Override
    public Reader call() {
        try {
            for (Optional<Lane> lane = Optional.of(own); lane.isPresent(); lane = busiest()) {
                drain(lane.get());
            }
            return this;
        } catch (RuntimeException | Error e) {
            lanes.forEach(Lane::stop);
            throw e;
        }
    }

    private Optional<Lane> busiest() {
        return lanes.stream().filter(Lane::needsReader).max(Comparator.comparingInt(Lane::left));
    }

    private void drain(Lane lane) {
        Chunk chunk = lane.take();
        if (chunk == null) {
            return;
        }
        lane.enter();
        try (Copier copier = lane.device().copier(staging.buffers(), staging.bufferBytes())) {
            for (; chunk != null; chunk = lane.take()) {
                var buffer = copier.next().limit(chunk.bytes());
                long start = System.nanoTime();
                source.read(chunk.file(), chunk.position(), buffer);
                readNanos += System.nanoTime() - start;
                copier.copy(chunk.landings());
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
