package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * One line of a {@code Custom} placement.
 *
 * @param module prefix of module names; empty for every module
 * @param device {@code gpu:N}, {@code host} or {@code disk}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ModulePlacement(
        @Required @Size(max = 253) @JsonPropertyDescription("""
                Name of a module and of all below it, such as model.layers.0 or model.layers; "" is every module. The \
                longest name that matches wins.""")
        String module,

        @Required
        @Size(max = 6)
        @Pattern("^(gpu:(0|[1-9][0-9]?)|host|disk)$")
        @JsonPropertyDescription("gpu:N, host or disk.")
        String device) {}
