package dev.plimsoll.operator.status;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.observe.Replica;
import java.util.Objects;
import java.util.Optional;

/** Whether something is on its way to what the spec asks for. */
final class Progressing {
    private Progressing() {}

    static Finding of(Observation seen) {
        var failure = seen.failure();
        if (failure.isPresent()) {
            return Finding.no(Reason.Stalled, failure.get().message());
        }
        Optional<String> waiting = seen.current().stream()
                .map(Replica::waitingFor)
                .filter(Objects::nonNull)
                .findFirst();
        if (waiting.isPresent()) {
            return Finding.yes(Reason.PodPending, waiting.get());
        }
        int old = seen.replicas().size() - seen.current().size() + seen.terminating();
        long serving = seen.count(replica -> replica.ready() && replica.phase().equals(Phase.Serving));
        if (old > 0 || seen.current().size() > seen.wanted()) {
            return Finding.yes(
                    Reason.RollingOut,
                    serving + " of " + seen.wanted() + " replicas of this spec serve, " + old + " others end");
        }
        if (serving == seen.wanted()) {
            return Finding.no(Reason.Complete, "nothing is on its way");
        }
        return underWay(seen);
    }

    private static Finding underWay(Observation seen) {
        if (seen.count(replica -> replica.phase().equals(Phase.Loading)) > 0) {
            return Finding.yes(Reason.Loading, ModelLoaded.of(seen).message());
        }
        if (seen.count(Progressing::isWarmingUp) > 0) {
            return Finding.yes(Reason.WarmingUp, "the model is loaded and the first steps run");
        }
        if (seen.isSilent()) {
            return Finding.unknown(Reason.ReportStale, "a replica does not report");
        }
        return Finding.yes(
                Reason.Starting, seen.current().size() + " of " + seen.wanted() + " pods exist, none loads yet");
    }

    private static boolean isWarmingUp(Replica replica) {
        return replica.phase().equals(Phase.WarmingUp) || (replica.phase().equals(Phase.Serving) && !replica.ready());
    }
}
