package dev.plimsoll.server.device;

/**
 * A point in the work of a device that other work of it is ordered after. It may be marked again and again; who awaits
 * it means the last mark.
 */
public interface Fence extends AutoCloseable {
    /** For devices whose work is done when a call returns. */
    Fence REACHED = () -> {};

    @Override
    void close();
}
