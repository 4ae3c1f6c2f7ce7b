package dev.plimsoll.server.runtime.execution;

import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.Copier;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.loading.Refill;
import dev.plimsoll.server.loading.Target;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What is brought into a buffer at once: a layer, or a slice of the head.
 *
 * @param index place in the order of use on its device
 * @param tensors those in the buffer, by the roles of their weights
 * @param copies from host memory
 * @param reads from the checkpoint's files
 */
record StreamedPiece(int index, Map<String, DeviceTensor> tensors, List<Copy> copies, List<Target> reads) {
    record Copy(DeviceTensor from, DeviceTensor to) {}

    /** What fills the buffer. */
    Consumer<Copier> filling(TensorSource source, int stagingBytes) {
        if (reads.isEmpty()) {
            return copier -> copies.forEach(copy -> copier.copy(copy.from(), copy.to()));
        }
        Refill refill = new Refill(reads, stagingBytes);
        return copier -> refill.run(source, copier);
    }
}
