package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.plimsoll.api.InSchema;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Predicted bytes of one replica. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PlanStatus(
        @InSchema(atomic = true) @JsonPropertyDescription("Predicted bytes of each device.")
        List<DevicePlan> devices,

        @JsonPropertyDescription("Predicted bytes of the host: server, staging, and what is placed there.") @Nullable
        Quantity host,

        @JsonPropertyDescription("Sequences that share a step.") @Nullable
        Integer maxSequences,

        @JsonPropertyDescription("Tokens of one sequence.") @Nullable
        Integer maxSequenceTokens) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record DevicePlan(
            @JsonPropertyDescription("gpu:N, host or disk.") String name,

            @JsonPropertyDescription("Bytes of weights.") @Nullable
            Quantity weights,

            @JsonPropertyDescription("Bytes of the KV cache.") @Nullable
            Quantity kvCache,

            @JsonPropertyDescription("Bytes that a step needs while it runs.") @Nullable
            Quantity workspace,

            @JsonPropertyDescription("Bytes that the driver and its libraries take.") @Nullable
            Quantity context,

            @JsonPropertyDescription("All of them.") @Nullable
            Quantity total) {}
}
