package dev.plimsoll.server.loading;

import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.placement.DeviceId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Streams byte ranges of a checkpoint into the tensors of devices. Several threads read by position, each into a small
 * ring of staging buffers of its own; the device casts. Nothing else of the model is ever held.
 */
public final class Loader {
    private final TensorSource source;
    private final Map<DeviceId, Device> devices;
    private final Staging staging;
    private final Consumer<Progress> listener;
    private final AtomicInteger nextChunk = new AtomicInteger();
    private final AtomicLong bytesDone = new AtomicLong();
    private final long startNanos = System.nanoTime();

    /**
     * A loader for one load.
     *
     * @param devices those that the targets are on
     * @param listener told after each chunk, by the threads that read
     */
    public Loader(TensorSource source, Map<DeviceId, Device> devices, Staging staging, Consumer<Progress> listener) {
        this.source = source;
        this.devices = devices;
        this.staging = staging;
        this.listener = listener;
    }

    /**
     * Loads everything, or throws.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code ReadFailed} when the checkpoint cannot be read as it was
     *     opened; what was loaded until then must not be used
     */
    public Progress load(List<Target> targets) {
        List<Chunk> chunks = Chunk.of(targets, staging.bufferBytes());
        long total = chunks.stream().mapToLong(Loader::payload).sum();
        List<Future<?>> readers = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(
                staging.readers(), Thread.ofPlatform().name("loader-", 0).factory())) {
            for (int i = 0; i < staging.readers(); i++) {
                readers.add(pool.submit(() -> read(chunks, total)));
            }
        }
        for (Future<?> reader : readers) {
            await(reader);
        }
        return new Progress(bytesDone.get(), total, System.nanoTime() - startNanos);
    }

    private void read(List<Chunk> chunks, long total) {
        try {
            int next = nextChunk.getAndIncrement();
            while (next < chunks.size()) {
                next = readOnto(chunks.get(next).device(), next, chunks, total);
            }
        } catch (RuntimeException | Error e) {
            nextChunk.set(chunks.size());
            throw e;
        }
    }

    /**
     * Takes chunks while they go to one device: chunks are ordered by device, so a reader never holds staging for two.
     *
     * @return index of the chunk to go on with
     */
    private int readOnto(DeviceId device, int first, List<Chunk> chunks, long total) {
        try (Copier copier =
                Objects.requireNonNull(devices.get(device)).copier(staging.buffers(), staging.bufferBytes())) {
            int next = first;
            while (next < chunks.size() && chunks.get(next).device().equals(device)) {
                Chunk chunk = chunks.get(next);
                ByteBuffer buffer = copier.next().limit(chunk.bytes());
                source.read(chunk.file(), chunk.position(), buffer);
                copier.copy(chunk.landings());
                long done = bytesDone.addAndGet(payload(chunk));
                listener.accept(new Progress(done, total, System.nanoTime() - startNanos));
                next = nextChunk.getAndIncrement();
            }
            copier.finish();
            return next;
        }
    }

    private static long payload(Chunk chunk) {
        return chunk.landings().stream()
                .mapToLong(landing -> landing.stored().bytes(landing.elements()))
                .sum();
    }

    private static void await(Future<?> reader) {
        try {
            reader.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while loading", e);
        }
    }
}
