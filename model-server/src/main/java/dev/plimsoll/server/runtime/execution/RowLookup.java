package dev.plimsoll.server.runtime.execution;

import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.Device;
import dev.plimsoll.server.loading.Refill;
import dev.plimsoll.server.loading.Staging;
import dev.plimsoll.server.loading.Target;
import java.util.ArrayList;
import java.util.List;

/** An embedding that lives on disk: the rows of a step's tokens are read into a window, in the order of the tokens. */
final class RowLookup implements AutoCloseable {
    private final TensorSource source;
    private final Target table;
    private final Copier copier;
    private final int stagingBytes;

    /**
     * A lookup.
     *
     * @param table the stored table, and the window for its rows
     */
    RowLookup(TensorSource source, Target table, Device device, Staging staging) {
        this.source = source;
        this.table = table;
        this.stagingBytes = staging.bufferBytes();
        this.copier = device.copier(staging.buffers(), stagingBytes);
    }

    /** Reads the rows of the first {@code count} tokens. */
    void read(int[] tokens, int count) {
        long width = table.stored().shape().dims().getLast();
        List<Target> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Target(table.stored(), tokens[i] * width, width, table.tensor(), i * width));
        }
        new Refill(rows, stagingBytes).run(source, copier);
        copier.finish();
    }

    @Override
    public void close() {
        copier.close();
    }
}
