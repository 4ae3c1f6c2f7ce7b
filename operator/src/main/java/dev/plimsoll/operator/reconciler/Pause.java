package dev.plimsoll.operator.reconciler;

import dev.plimsoll.operator.judgement.Judgement;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How long until the next look when nothing happens before. Pods, objects and reports wake the reconciler themselves,
 * reports also by becoming too old; what is left is what only time changes, and Events of pods that wait.
 */
final class Pause {
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration POD_WAITS = Duration.ofSeconds(10);
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private Pause() {}

    static Duration after(Judgement judgement, List<Pod> owned, Instant now) {
        Duration most = owned.stream().anyMatch(PodTroubles::waits) ? POD_WAITS : LONGEST;
        Instant again = judgement.lookAgain();
        if (again == null) {
            return most;
        }
        Duration due = Duration.between(now, again);
        return due.compareTo(most) > 0 ? most : due.compareTo(SHORTEST) < 0 ? SHORTEST : due;
    }
}
