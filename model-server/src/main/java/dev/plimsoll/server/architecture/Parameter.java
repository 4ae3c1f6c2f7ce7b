package dev.plimsoll.server.architecture;

import dev.plimsoll.server.checkpoint.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A parameter or buffer of a module.
 *
 * @param name full name, as transformers has it
 * @param buffer computed, not stored: float32 whatever the dtype
 * @param tiedTo the parameter whose storage it shares; null when it has its own
 */
public record Parameter(
        String name, Shape shape, boolean buffer, @Nullable String tiedTo) {

    static Parameter stored(String name, long... dims) {
        return new Parameter(name, Shape.of(dims), false, null);
    }

    static Parameter buffer(String name, long... dims) {
        return new Parameter(name, Shape.of(dims), true, null);
    }

    /** Where its values are stored. */
    String owner() {
        return tiedTo == null ? name : tiedTo;
    }
}
