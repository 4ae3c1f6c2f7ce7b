package dev.plimsoll.server.generation;

/** A sequence had not ended when its time was over. */
public final class DeadlineException extends RuntimeException {
    DeadlineException(String message) {
        super(message);
    }
}
