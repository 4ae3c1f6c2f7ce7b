package dev.plimsoll.server.http;

import java.time.Duration;

/**
 * What clients may take of a server's memory, connections and time.
 *
 * @param connections open at once
 * @param bodyBytes of one body
 * @param bodiesBytes of all bodies that were received and not tokenized, together
 * @param smallBodyBytes bodies up to here have as much memory again for themselves, so that large ones leave them some
 * @param head from an open connection, or the answer before, to a whole request head
 * @param body for a body of no length; longer ones get a second more for each {@code bytesPerSecond}
 * @param bytesPerSecond least speed of a body
 * @param unsentBytes of one answer that wait to be sent: beyond, its sequences are paused until it is a quarter
 * @param allUnsentBytes of all answers together: beyond, each gets an eighth of {@code unsentBytes}
 * @param answersBytes of all answers that are told as a whole, until they are complete
 * @param stalled how long a client may take none of its answer
 * @param answer from a request's submission to its last token
 * @param step a step of the engine that takes longer does not end
 */
record HttpLimits(
        int connections,
        int bodyBytes,
        long bodiesBytes,
        int smallBodyBytes,
        Duration head,
        Duration body,
        int bytesPerSecond,
        int unsentBytes,
        long allUnsentBytes,
        long answersBytes,
        Duration stalled,
        Duration answer,
        Duration step) {
    /** For a heap of 160 MiB. */
    static final HttpLimits DEFAULT = new HttpLimits(
            4096,
            5 << 20,
            24 << 20,
            64 << 10,
            Duration.ofMinutes(2),
            Duration.ofSeconds(10),
            256 << 10,
            64 << 10,
            16 << 20,
            16 << 20,
            Duration.ofSeconds(30),
            Duration.ofHours(1),
            Duration.ofMinutes(5));
}
