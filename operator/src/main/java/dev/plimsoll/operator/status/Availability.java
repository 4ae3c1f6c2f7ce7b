package dev.plimsoll.operator.status;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.observe.Replica;

/** Whether at least one replica answers, of whichever spec. */
final class Availability {
    private Availability() {}

    static Finding of(Observation seen) {
        long ready = seen.replicas().stream().filter(Replica::ready).count();
        if (ready > 0) {
            return Finding.yes(Reason.MinimumReplicas, ready + " of " + seen.wanted() + " replicas answer");
        }
        return seen.wanted() == 0
                ? Finding.no(Reason.ScaledToZero, "no replica is asked for")
                : Finding.no(Reason.NoReplica, "no replica answers");
    }
}
