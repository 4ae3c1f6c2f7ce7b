package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Stamps findings with generation and time; the time moves only when the status does. */
final class Stamp {
    private static final int LONGEST = 4096;

    private final Facts facts;

    Stamp(Facts facts) {
        this.facts = facts;
    }

    Condition condition(ConditionType type, Finding finding) {
        String time = facts.standing()
                .condition(type)
                .filter(standing -> standing.status() == finding.status())
                .map(Condition::lastTransitionTime)
                .orElseGet(() -> time(facts.now()));
        return new Condition(
                type,
                finding.status(),
                finding.reason(),
                Text.line(finding.message(), LONGEST),
                facts.evidence().generation(),
                time);
    }

    /** RFC 3339, whole seconds, as Kubernetes writes it. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
