package dev.plimsoll.server.loading;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How far a load is.
 *
 * @param bytesDone bytes of the checkpoint that are read and on their way to their devices; at the end all are there
 * @param nanos since the load began
 * @param times where the time went; null until the load is done
 */
public record Progress(
        long bytesDone,
        long bytesTotal,
        long nanos,
        @Nullable LoadTimes times) {
    /** A load that has not begun. */
    public static final Progress NONE = new Progress(0, 0, 0, null);

    public double seconds() {
        return nanos / 1e9;
    }

    /** Mean rate; 0 before the clock has moved. */
    public double bytesPerSecond() {
        return nanos == 0 ? 0 : bytesDone / seconds();
    }

    /** Seconds to go at the mean rate; empty before anything is read. */
    public OptionalDouble remainingSeconds() {
        return bytesDone == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((bytesTotal - bytesDone) / (double) bytesDone * seconds());
    }
}
