package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;

/** A condition as a line: {@code True AsSpecified: message}; empty where there is none. */
final class Told {
    private Told() {}

    static String words(ModelDeploymentStatus status, ConditionType type) {
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .map(condition -> condition.status() + " " + condition.reason() + ": " + condition.message())
                .orElse("");
    }
}
