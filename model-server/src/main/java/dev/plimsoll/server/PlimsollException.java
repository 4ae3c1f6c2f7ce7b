package dev.plimsoll.server;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;

/** Something that keeps the model from being served, in words that say what to change. */
public final class PlimsollException extends RuntimeException {
    private final Failure failure;

    public PlimsollException(Failure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public PlimsollException(Reason reason, String message) {
        this(Failure.of(reason, message));
    }

    public PlimsollException(Reason reason, String message, Throwable cause) {
        this(reason, message);
        initCause(cause);
    }

    public Failure failure() {
        return failure;
    }
}
