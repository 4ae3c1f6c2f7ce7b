package dev.plimsoll.operator.reconciler;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;

/**
 * How long until the next look when nothing happens before. Pods, objects and reports wake the reconciler themselves,
 * reports also by becoming too old; what is left is what only time changes.
 */
final class Pause {
    private static final Duration SETTLED = Duration.ofMinutes(1);
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(10);

    private Pause() {}

    static Duration after(boolean settled, List<Pod> owned) {
        if (owned.stream().anyMatch(PodTroubles::waits)) {
            return ON_ITS_WAY;
        }
        return settled ? SETTLED : ON_ITS_WAY;
    }
}
