package dev.plimsoll.server.loading;

import dev.plimsoll.server.device.Copier.CopyTime;
import java.util.Locale;

/**
 * Where the time of a load went, as the mean of its readers. Reading overlaps copying and casting, which devices do by
 * themselves, so these may add up to more than the load took.
 *
 * @param readSeconds waiting for bytes of the checkpoint
 * @param copySeconds moving bytes to devices, and casting where that is one operation
 * @param castSeconds casting on devices
 */
public record LoadTimes(double readSeconds, double copySeconds, double castSeconds) {
    static LoadTimes mean(long readNanos, CopyTime copy, int readers) {
        double seconds = 1e-9 / Math.max(1, readers);
        return new LoadTimes(readNanos * seconds, copy.copyNanos() * seconds, copy.castNanos() * seconds);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "read %.3f s, copy %.3f s, cast %.3f s", readSeconds, copySeconds, castSeconds);
    }
}
