package dev.plimsoll.server.checkpoint;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;

/** Makes the refusals of this package: the file, what is wrong with it, what to do. */
final class InvalidCheckpoint {
    private static final String AGAIN = "download or convert the checkpoint again";

    private InvalidCheckpoint() {}

    static PlimsollException in(String file, String wrong) {
        return in(file, wrong, AGAIN);
    }

    static PlimsollException in(String file, String wrong, String remedy) {
        return new PlimsollException(Reason.InvalidCheckpoint, file + ": " + wrong + "; " + remedy);
    }

    static PlimsollException in(String file, String wrong, Throwable cause) {
        return new PlimsollException(Reason.InvalidCheckpoint, file + ": " + wrong + "; " + AGAIN, cause);
    }
}
