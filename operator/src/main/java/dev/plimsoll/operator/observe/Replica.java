package dev.plimsoll.operator.observe;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One pod as it is seen now.
 *
 * @param current whether it runs the current spec
 * @param ready whether Kubernetes sends it requests
 * @param phase how far it is; {@code Unknown} when its last report is too old
 * @param report what it last said of itself, if that is recent enough to be believed
 * @param failure why it does not serve; null while nothing is known to be wrong
 * @param waitingFor what Kubernetes waits for before the container runs
 */
public record Replica(
        String name,
        String uid,
        @Nullable String node,
        boolean current,
        boolean ready,
        Instant created,
        int restarts,
        Phase phase,
        @Nullable ReplicaReport report,
        @Nullable Failure failure,
        @Nullable String waitingFor) {

    /** Whether it holds the whole model. */
    public boolean isLoaded() {
        return phase.equals(Phase.Serving) || phase.equals(Phase.WarmingUp) || phase.equals(Phase.Draining);
    }
}
