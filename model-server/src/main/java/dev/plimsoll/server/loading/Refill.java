package dev.plimsoll.server.loading;

import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier;
import java.util.List;

/** Ranges of a checkpoint that are read into the same tensors again and again. */
public final class Refill {
    private final List<Chunk> chunks;

    /**
     * Splits and joins what is to be read, once.
     *
     * @param bufferBytes bytes of a staging buffer of the copier that will be used
     */
    public Refill(List<Target> targets, int bufferBytes) {
        this.chunks = Chunk.of(targets, bufferBytes);
    }

    /**
     * Reads everything and begins to copy it.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code ReadFailed} when the checkpoint cannot be read as it was
     *     opened
     */
    public void run(TensorSource source, Copier copier) {
        for (Chunk chunk : chunks) {
            source.read(chunk.file(), chunk.position(), copier.next().limit(chunk.bytes()));
            copier.copy(chunk.regions());
        }
    }
}
