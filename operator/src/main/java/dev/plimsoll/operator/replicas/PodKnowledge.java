package dev.plimsoll.operator.replicas;

import java.time.Instant;
import java.util.List;

/**
 * What the operator knows of a pod beside the object itself.
 *
 * @param firstSeen when this operator first saw this run of the pod's server, by its own clock
 * @param troubles what the latest Events of the pod warn of, the latest first
 */
public record PodKnowledge(KnownReport report, Instant firstSeen, List<PodTrouble> troubles) {
    public PodKnowledge {
        troubles = List.copyOf(troubles);
    }
}
