package dev.plimsoll.server.loading;

/**
 * How far a load is.
 *
 * @param bytesDone bytes of the checkpoint that are on their devices
 * @param nanos since the load began
 */
public record Progress(long bytesDone, long bytesTotal, long nanos) {
    public double seconds() {
        return nanos / 1e9;
    }

    /** Mean rate; 0 before the clock has moved. */
    public double bytesPerSecond() {
        return nanos == 0 ? 0 : bytesDone / seconds();
    }
}
