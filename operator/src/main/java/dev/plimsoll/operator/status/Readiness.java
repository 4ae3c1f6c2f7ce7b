package dev.plimsoll.operator.status;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.Reason;
import java.util.List;
import java.util.Optional;

/** The sum of the other conditions. */
final class Readiness {
    private Readiness() {}

    /**
     * The sum.
     *
     * @param parts Fits, ModelLoaded, PlacementSatisfied, WithinMemoryBudget: the first that is not so is the reason
     */
    static Finding of(Observation seen, Finding progressing, List<Finding> parts) {
        if (seen.wanted() == 0 && seen.failure().isEmpty()) {
            return Finding.yes(Reason.ScaledToZero, "no replica is asked for");
        }
        var failure = seen.failure();
        if (failure.isPresent()) {
            return Finding.no(failure.get().reason(), failure.get().message());
        }
        if (progressing.isTrue()) {
            return Finding.no(progressing.reason(), progressing.message());
        }
        Optional<Finding> wrong = parts.stream().filter(Finding::isFalse).findFirst();
        if (wrong.isPresent()) {
            return wrong.get();
        }
        Optional<Finding> unclear =
                parts.stream().filter(part -> !part.isTrue()).findFirst();
        if (unclear.isPresent()) {
            return Finding.unknown(unclear.get().reason(), unclear.get().message());
        }
        long serving = seen.count(replica -> replica.ready() && replica.phase().equals(Phase.Serving));
        return serving < seen.wanted()
                ? Finding.no(Reason.NoReplica, serving + " of " + seen.wanted() + " replicas serve")
                : Finding.yes(Reason.AsSpecified, serving + " of " + seen.wanted() + " replicas serve as specified");
    }
}
