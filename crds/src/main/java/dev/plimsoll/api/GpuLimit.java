package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/**
 * The ceiling of one GPU.
 *
 * @param index of the GPU in the pod, from 0
 * @param limit as {@code memory.gpu}, which it overrides
 */
@ValidationRule(
        value = "isQuantity(string(self.limit)) && !quantity(string(self.limit)).isLessThan(quantity('1'))"
                + " && !string(self.limit).matches('" + Memory.FRACTION + "')"
                + " && !quantity(string(self.limit)).isGreaterThan(quantity('1Pi'))",
        fieldPath = ".limit",
        message = "memory.perGpu.limit must be a positive Kubernetes quantity of whole bytes, at most 1Pi, such as 6Gi")
@JsonIgnoreProperties(ignoreUnknown = true)
public record GpuLimit(
        @Required @Min(0) @Max(15) @JsonPropertyDescription("Index of the GPU in the pod, from 0.")
        Integer index,

        @Required
        @InSchema(longest = 32)
        @JsonPropertyDescription("Ceiling of the server process on this GPU; overrides memory.gpu.")
        Quantity limit) {}
