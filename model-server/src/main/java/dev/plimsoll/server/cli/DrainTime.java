package dev.plimsoll.server.cli;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What requests that run have to end once the server is told to stop.
 *
 * @param limit counted from being told
 * @param settings of the framework that follow from it
 */
record DrainTime(Duration limit, Map<String, String> settings) {
    /** In seconds, from whoever made the pod: it knows the grace period, and has already waited for endpoints to go. */
    static final String VARIABLE = "PLIMSOLL_DRAIN_SECONDS";

    /** Kubernetes kills a server after 60 s where nobody says otherwise; application.properties has the pause before. */
    private static final Duration OTHERWISE = Duration.ofSeconds(45);

    /** For answers that say that the time is over. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

    /**
     * Without a pause of the server's own where somebody has paused before: during it nothing new is taken, and requests
     * that come to a server whose endpoint has gone already are none.
     *
     * @throws IllegalArgumentException when it is no number of seconds
     */
    static DrainTime of(@Nullable String seconds) {
        if (seconds == null) {
            return new DrainTime(OTHERWISE, Map.of());
        }
        Duration limit = Duration.ofSeconds(Integer.parseUnsignedInt(seconds));
        return new DrainTime(
                limit,
                Map.of(
                        "quarkus.shutdown.delay",
                        "0S",
                        "quarkus.shutdown.timeout",
                        limit.plus(LAST_ANSWERS).toSeconds() + "S"));
    }
}
