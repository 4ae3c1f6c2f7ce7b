package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** One line of {@code kubectl get mdep}. {@code -} where nothing is measured. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Summary(
        @JsonPropertyDescription("Ready of wanted replicas.")
        String replicas,

        @JsonPropertyDescription("Layers by kind of device, worst replica.")
        String placement,

        @JsonPropertyDescription("Measured of budgeted bytes, worst device of the worst replica.")
        String gpuMemory,

        @JsonPropertyDescription("Peak of budgeted bytes of the host, worst replica.")
        String hostMemory,

        @JsonPropertyDescription("Element type of the weights on their devices.")
        String dtype,

        @JsonPropertyDescription("Seconds of the slowest load.") @Nullable
        String loadTime) {}
