package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/**
 * CPUs of the server's container.
 *
 * @param request what it is sure of; null means what the operator is set to
 * @param limit what it never gets more than; null means no limit
 */
@ValidationRule(
        value = "[has(self.request) ? string(self.request) : '1', has(self.limit) ? string(self.limit) : '1']"
                + ".all(q, isQuantity(q) && quantity(q).isGreaterThan(quantity('0'))"
                + " && quantity(q).isLessThan(quantity('100k')))",
        message = "server.cpu takes positive Kubernetes quantities of CPUs, such as 500m or 4")
@ValidationRule(
        value = "!has(self.request) || !has(self.limit) || !isQuantity(string(self.request))"
                + " || !isQuantity(string(self.limit))"
                + " || !quantity(string(self.request)).isGreaterThan(quantity(string(self.limit)))",
        fieldPath = ".request",
        message = "server.cpu.request is more than server.cpu.limit")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Cpu(
        @InSchema(longest = 32)
        @JsonPropertyDescription("CPUs that the scheduler sets aside. Default: what the operator is set to.")
        @Nullable
        Quantity request,

        @InSchema(longest = 32) @JsonPropertyDescription("CPUs that are never exceeded. Default: none.") @Nullable
        Quantity limit) {}
