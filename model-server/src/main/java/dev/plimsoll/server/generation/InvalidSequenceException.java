package dev.plimsoll.server.generation;

/** What was submitted is beyond the limits of the engine: ids outside the vocabulary, nothing to read, too many tokens. */
public final class InvalidSequenceException extends RuntimeException {
    InvalidSequenceException(String message) {
        super(message);
    }
}
