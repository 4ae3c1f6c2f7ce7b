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

    /**
     * What a process says of anything that was thrown.
     *
     * @param what the work that it ended, such as "the engine failed"
     */
    public static Failure failureOf(String what, Throwable thrown) {
        return switch (thrown) {
            case PlimsollException known -> known.failure();
            case OutOfMemoryError full ->
                Failure.of(
                        Reason.HostOutOfMemory,
                        what + ": " + full.getMessage() + ": lower serving.maxSequences or raise memory.host");
            default -> Failure.of(Reason.EngineFailed, what + ": " + thrown);
        };
    }

    public Failure failure() {
        return failure;
    }
}
