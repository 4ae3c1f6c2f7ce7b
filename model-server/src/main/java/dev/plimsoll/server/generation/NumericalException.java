package dev.plimsoll.server.generation;

/** The model computed no usable probabilities for a sequence, as Float16 does where a value overflows. */
public final class NumericalException extends RuntimeException {
    NumericalException(String message) {
        super(message);
    }
}
