package dev.plimsoll.operator.reconciler;

import java.time.Duration;

/** Pauses between tries of what failed: one second, then twice as long each time, up to half a minute. */
final class Backoff {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int DOUBLINGS = 5;

    private Backoff() {}

    /** After so many failures in a row. */
    static Duration after(int failures) {
        Duration wait = Duration.ofSeconds(1L << Math.min(DOUBLINGS, Math.max(0, failures - 1)));
        return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }
}
