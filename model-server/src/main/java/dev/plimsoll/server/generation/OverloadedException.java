package dev.plimsoll.server.generation;

/** No more requests are taken: too many wait already, or the server drains. */
public final class OverloadedException extends RuntimeException {
    public OverloadedException(String message) {
        super(message);
    }
}
