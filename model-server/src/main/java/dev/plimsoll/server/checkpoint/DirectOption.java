package dev.plimsoll.server.checkpoint;

import java.nio.file.OpenOption;

/**
 * {@code com.sun.nio.file.ExtendedOpenOption.DIRECT}, which opens a file with {@code O_DIRECT}. It is in the module
 * {@code jdk.unsupported}, which a runtime may lack and of which the compiler warns; so it is found by name.
 */
final class DirectOption {
    private DirectOption() {}

    /** @throws UnsupportedOperationException when this Java runtime has none */
    static OpenOption get() {
        try {
            return (OpenOption) Class.forName("com.sun.nio.file.ExtendedOpenOption")
                    .getField("DIRECT")
                    .get(null);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("this Java runtime lacks the module jdk.unsupported", e);
        }
    }
}
