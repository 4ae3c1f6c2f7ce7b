package dev.plimsoll.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * What a user saw of a ModelDeployment at one time, as the words that the API server gave: a value of another version
 * is a word like any other.
 *
 * @param object the whole object
 * @param at when it arrived here
 */
record Seen(JsonNode object, Instant at) {
    JsonNode status() {
        return object.path("status");
    }

    long generation() {
        return object.at("/metadata/generation").longValue();
    }

    /** Whether everything in the status speaks of the spec as it is now. */
    boolean isCurrent() {
        return status().path("observedGeneration").longValue() == generation();
    }

    /** A condition, if it speaks of the spec as it is now. */
    Optional<JsonNode> condition(String type) {
        return status().path("conditions")
                .valueStream()
                .filter(condition -> condition.path("type").asText().equals(type)
                        && condition.path("observedGeneration").longValue() == generation())
                .findFirst();
    }

    boolean is(String type, String status) {
        return condition(type)
                .filter(condition -> condition.path("status").asText().equals(status))
                .isPresent();
    }

    boolean is(String type, String status, String reason) {
        return is(type, status) && reason(type).equals(reason);
    }

    /** Empty where the condition says nothing of the current spec. */
    String reason(String type) {
        return word(type, "reason");
    }

    String message(String type) {
        return word(type, "message");
    }

    private String word(String type, String field) {
        return condition(type).map(condition -> condition.path(field).asText()).orElse("");
    }

    @Override
    public String toString() {
        return at + " generation " + generation() + " " + status().toPrettyString();
    }
}
