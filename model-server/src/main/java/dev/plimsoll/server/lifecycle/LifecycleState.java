package dev.plimsoll.server.lifecycle;

import dev.plimsoll.api.report.Phase;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The phase of a server, and which phase may follow which. A server is not started again: what failed stays failed, what
 * drains never serves again. Every change is a compare-and-set, so two threads cannot both make it.
 */
final class LifecycleState {
    private static final Map<Phase, Set<Phase>> NEXT = Map.of(
            Phase.Starting, Set.of(Phase.Loading, Phase.Draining, Phase.Failed),
            Phase.Loading, Set.of(Phase.WarmingUp, Phase.Serving, Phase.Draining, Phase.Failed),
            Phase.WarmingUp, Set.of(Phase.Serving, Phase.Draining, Phase.Failed),
            Phase.Serving, Set.of(Phase.Draining, Phase.Failed),
            Phase.Draining, Set.of(Phase.Failed));

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.Starting);

    Phase phase() {
        return phase.get();
    }

    /**
     * Goes on to another phase.
     *
     * @return the phase before; {@code to} itself, or one that {@code to} may not follow, when nothing was changed
     */
    Phase advance(Phase to) {
        return phase.getAndUpdate(now -> mayFollow(now, to) ? to : now);
    }

    /** Whether it went on to another phase by this very call. */
    boolean advanced(Phase to) {
        return mayFollow(advance(to), to);
    }

    static boolean mayFollow(Phase now, Phase next) {
        return NEXT.getOrDefault(now, Set.of()).contains(next);
    }
}
