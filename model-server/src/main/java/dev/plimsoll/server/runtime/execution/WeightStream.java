package dev.plimsoll.server.runtime.execution;

import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.device.Fence;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.runtime.torch.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Weights that a device runs and does not hold: they are brought into two buffers just in time, one filled while the
 * other is used. Pieces are used in order, in every step; even ones have the first buffer, odd ones the second. A
 * buffer that only one piece uses is filled once.
 */
final class WeightStream implements AutoCloseable {
    private final Device device;
    private final List<Consumer<Copier>> pieces;
    private final Copier copier;
    private final List<Fence> arrivals;
    private final List<Fence> uses;
    private final ExecutorService filler;
    private final int[] held = {-1, -1};
    private final CompletableFuture<?>[] filled = new CompletableFuture<?>[2];

    /**
     * Begins to fill both buffers.
     *
     * @param pieces what brings each piece into its buffer, in order of use
     */
    WeightStream(Device device, List<Consumer<Copier>> pieces, Staging staging) {
        this.device = device;
        this.pieces = pieces;
        this.arrivals = List.of(device.fence(), device.fence());
        this.uses = List.of(device.fence(), device.fence());
        this.copier = device.copier(staging.buffers(), staging.bufferBytes());
        this.filler = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("stream-" + device.id()).factory());
        Arrays.fill(filled, CompletableFuture.completedFuture(null));
        for (int piece = 0; piece < Math.min(2, pieces.size()); piece++) {
            fill(piece);
        }
    }

    /**
     * What the device computes from now on finds a piece in its buffer.
     *
     * @throws dev.plimsoll.server.PlimsollException when it could not be read
     */
    void await(int piece) {
        if (held[piece % 2] != piece) {
            fill(piece);
        }
        try {
            filled[piece % 2].join();
            device.await(arrivals.get(piece % 2));
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Gives a piece's buffer to the next one that needs it. */
    void release(int piece) {
        device.mark(uses.get(piece % 2));
        int next = piece + 2 < pieces.size() ? piece + 2 : piece % 2;
        if (next != piece) {
            fill(next);
        }
    }

    private void fill(int piece) {
        held[piece % 2] = piece;
        filled[piece % 2] = CompletableFuture.runAsync(
                () -> {
                    Torch.useOnThisThread();
                    copier.await(uses.get(piece % 2));
                    pieces.get(piece).accept(copier);
                    copier.mark(arrivals.get(piece % 2));
                },
                filler);
    }

    @Override
    public void close() {
        filler.close();
        copier.close();
        arrivals.forEach(Fence::close);
        uses.forEach(Fence::close);
    }
}
