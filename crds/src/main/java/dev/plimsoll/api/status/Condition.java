package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.plimsoll.api.InSchema;
import io.fabric8.generator.annotation.Pattern;
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
@JsonIgnoreProperties(ignoreUnknown = true)
public record Condition(
        @Required
        @Size(min = 1, max = 316)
        @Pattern(
                "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$")
        @JsonPropertyDescription(
                "The aspect: Ready, Fits, Progressing, Available, ModelLoaded, PlacementSatisfied, WithinMemoryBudget, Reconciling, Stalled.")
        ConditionType type,

        @Required @JsonPropertyDescription("Unknown where what it depends on was not seen.")
        ConditionStatus status,

        @Required
        @Size(min = 1, max = 1024)
        @Pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
        @JsonPropertyDescription("Why, in one word: docs/troubleshooting.md has each.")
        Reason reason,

        @Required
        @Size(max = 32768)
        @JsonPropertyDescription("What a person needs to know, and what to change when something is wrong.")
        String message,

        @JsonPropertyDescription("The generation of the spec that this was said about.") @Nullable
        Long observedGeneration,

        @Required @InSchema(format = "date-time") @JsonPropertyDescription("When the status last changed, RFC 3339.")
        String lastTransitionTime) {}
