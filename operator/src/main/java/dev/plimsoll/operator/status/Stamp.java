package dev.plimsoll.operator.status;

import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Stamps findings with generation and time; the time moves only when the status does. */
final class Stamp {
    private final Observation seen;

    Stamp(Observation seen) {
        this.seen = seen;
    }

    Condition condition(ConditionType type, Finding finding) {
        String time = Optional.ofNullable(seen.previous()).stream()
                .flatMap(status -> status.conditions().stream())
                .filter(standing -> standing.type().equals(type) && standing.status() == finding.status())
                .map(Condition::lastTransitionTime)
                .findFirst()
                .orElseGet(() -> time(seen.now()));
        return new Condition(type, finding.status(), finding.reason(), finding.message(), seen.generation(), time);
    }

    /** RFC 3339, whole seconds, as Kubernetes writes it. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
