package dev.plimsoll.server.grammar;

/** A grammar or schema that no text can be held to here. Its message says what to change. */
public final class GrammarException extends RuntimeException {
    GrammarException(String message) {
        super(message);
    }
}
