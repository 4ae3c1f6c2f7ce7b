package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Quantity;

/**
 * The ceiling of one GPU.
 *
 * @param index of the GPU in the pod, from 0
 * @param limit as {@code memory.gpu}, which it overrides
 */
public record GpuLimit(
        @Required @Min(0) @Max(15) @JsonPropertyDescription("Index of the GPU in the pod, from 0.")
        Integer index,

        @Required @JsonPropertyDescription("Ceiling of the server process on this GPU; overrides memory.gpu.")
        Quantity limit) {}
