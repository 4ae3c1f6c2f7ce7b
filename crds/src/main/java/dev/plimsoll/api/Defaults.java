package dev.plimsoll.api;

import org.jspecify.annotations.Nullable;

/** The schema's defaults, applied once more where a document did not pass through an API server. */
final class Defaults {
    private Defaults() {}

    static <T> T of(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }
}
