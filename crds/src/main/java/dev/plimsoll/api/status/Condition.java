package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * One aspect of a deployment, positive when all is well.
 *
 * @param type one of {@link ConditionType}
 * @param status True, False or Unknown
 * @param reason one of {@link Reason}
 * @param message what a person needs to know, and what to change when something is wrong
 * @param observedGeneration the generation of the spec that this was said about
 * @param lastTransitionTime RFC 3339; when the status last changed
 */
public record Condition(
        @Required ConditionType type,
        @Required ConditionStatus status,
        @Required Reason reason,
        @Required @Size(max = 32768) String message,

        @JsonPropertyDescription("The generation of the spec that this was said about.") @Nullable
        Long observedGeneration,

        @Required @JsonPropertyDescription("When the status last changed, RFC 3339.")
        String lastTransitionTime) {}
