package dev.plimsoll.operator.status;

import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.operator.observe.Replica;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a status follows from.
 *
 * @param blocked why there cannot be pods that serve: the source, a claim, or what the API server refused
 * @param replicas pods that are not being deleted
 * @param terminating pods that are
 * @param previous the status as it stands
 */
public record Observation(
        ModelDeploymentSpec spec,
        long generation,
        String selector,
        String url,
        @Nullable Failure blocked,
        List<Replica> replicas,
        int terminating,
        @Nullable ModelDeploymentStatus previous,
        Instant now) {

    int wanted() {
        return spec.replicas();
    }

    /** Replicas of the current spec. */
    List<Replica> current() {
        return replicas.stream().filter(Replica::current).toList();
    }

    long count(Predicate<Replica> which) {
        return current().stream().filter(which).count();
    }

    /** What keeps a replica of the current spec, or all of them, from serving. */
    Optional<Failure> failure() {
        return blocked != null
                ? Optional.of(blocked)
                : current().stream()
                        .flatMap(replica -> Optional.ofNullable(replica.failure()).stream())
                        .findFirst();
    }

    /** Whether a replica of the current spec says nothing that could be believed, though it runs. */
    boolean isSilent() {
        return current().stream().anyMatch(replica -> replica.phase().equals(Phase.Unknown));
    }
}
