package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.report.Failure;

/**
 * What a process leaves behind when native code ends it without a word: said before, taken back when it did not come to
 * that.
 */
@FunctionalInterface
public interface LastWords {
    /** Nobody reads them. */
    LastWords NONE = failure -> () -> {};

    /** They stand until they are taken back. */
    Said say(Failure failure);

    /** Last words that stand. */
    @FunctionalInterface
    interface Said {
        void takeBack();
    }
}
