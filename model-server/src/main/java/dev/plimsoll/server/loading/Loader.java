package dev.plimsoll.server.loading;

import dev.plimsoll.server.Background;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier.CopyTime;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Streams byte ranges of a checkpoint into the tensors of devices. Several threads read by position, each into a small
 * ring of staging buffers of its own; the device casts. Readers are dealt out over the devices, so that all are filled
 * at once. Nothing else of the model is ever held.
 */
public final class Loader {
    private static final ThreadFactory DAEMONS =
            Thread.ofPlatform().daemon().name("loader-", 0).factory();

    /** A new thread for each reader. */
    public static final Executor THREADS = work -> DAEMONS.newThread(work).start();

    private final TensorSource source;
    private final Map<DeviceId, Device> devices;
    private final Staging staging;
    private final Consumer<Progress> listener;
    private final Executor threads;

    /**
     * A loader.
     *
     * @param devices those that the targets are on
     * @param listener told now and then by the threads that read, and at the end
     * @param threads as many as the staging has readers
     */
    public Loader(
            TensorSource source,
            Map<DeviceId, Device> devices,
            Staging staging,
            Consumer<Progress> listener,
            Executor threads) {
        this.source = source;
        this.devices = devices;
        this.staging = staging;
        this.listener = listener;
        this.threads = threads;
    }

    /** A loader with threads of its own. */
    public Loader(TensorSource source, Map<DeviceId, Device> devices, Staging staging, Consumer<Progress> listener) {
        this(source, devices, staging, listener, THREADS);
    }

    /**
     * Loads everything, or throws.
     *
     * @return the end, with its times
     * @throws dev.plimsoll.server.PlimsollException {@code ReadFailed} when the checkpoint cannot be read as it was
     *     opened, to the end of the load; what was loaded until then must not be used
     */
    public Progress load(List<Target> targets) {
        long total = targets.stream().mapToLong(Target::bytes).sum();
        Meter meter = new Meter(total, listener);
        List<Device> filled = targets.stream()
                .map(target -> target.tensor().device())
                .distinct()
                .sorted()
                .map(id -> Objects.requireNonNull(devices.get(id)))
                .toList();
        int readers = Math.clamp(Math.ceilDiv(total, staging.bufferBytes()), 0, staging.readers());
        LoadTimes times = times(readers == 0 ? List.of() : read(targets, filled, readers, meter));
        source.checkUnchanged();
        return meter.finish(times);
    }

    /** Readers make their staging while the lanes are laid; none is left when this ends, well or not. */
    private List<Reader> read(List<Target> targets, List<Device> filled, int readers, Meter meter) {
        CompletableFuture<List<Lane>> lanes = new CompletableFuture<>();
        List<Background<Reader>> reading = new ArrayList<>();
        try {
            for (int i = 0; i < readers; i++) {
                Reader reader = new Reader(source, staging, filled.get(i % filled.size()), lanes, meter);
                reading.add(Background.start(threads, reader::read));
            }
            lanes.complete(lay(targets, filled));
        } catch (RuntimeException | Error e) {
            lanes.completeExceptionally(e);
            throw e;
        } finally {
            reading.forEach(Background::join);
        }
        return reading.stream().map(Background::await).toList();
    }

    private List<Lane> lay(List<Target> targets, List<Device> filled) {
        Map<DeviceId, List<Target>> byDevice = targets.stream()
                .collect(Collectors.groupingBy(target -> target.tensor().device()));
        return filled.stream()
                .map(device ->
                        new Lane(device, Objects.requireNonNull(byDevice.get(device.id())), staging.bufferBytes()))
                .toList();
    }

    private static LoadTimes times(List<Reader> readers) {
        return LoadTimes.mean(
                readers.stream().mapToLong(Reader::readNanos).sum(),
                readers.stream().map(Reader::copyTime).reduce(CopyTime.NONE, CopyTime::plus),
                readers.size());
    }
}
