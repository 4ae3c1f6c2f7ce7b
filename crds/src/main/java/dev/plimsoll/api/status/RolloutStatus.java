package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** How the last change reached the pods, or why it has not. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record RolloutStatus(
        @JsonPropertyDescription("""
                How far it is: Planning, Refused, Waiting, Paused, RollingOut, Complete, Failed, RolledBack; other \
                versions may say more.""") RolloutPhase phase,

        @JsonPropertyDescription("What stands in its way, in one word, as conditions say it.") @Nullable
        Reason reason,

        @JsonPropertyDescription("How pods are replaced: Surge or Replace.") @Nullable
        String strategy,

        @JsonPropertyDescription("Why it is so, and why that strategy was chosen.")
        String message,

        @JsonPropertyDescription("The generation of the spec that the pods are made from.") @Nullable
        Long servingGeneration,

        @JsonPropertyDescription("The server image that the pods are made from.") @Nullable
        String image,

        @JsonPropertyDescription("""
                The revision that the pods are made from: a ControllerRevision, and the pods' label \
                plimsoll.dev/revision.""") @Nullable String revision,

        @JsonPropertyDescription("Since when it is in this phase.") @Nullable
        String since) {}
