package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * An environment variable of the server.
 *
 * @param name as a shell takes it; not one of the operator's own
 * @param value as it is: nothing is looked up
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record EnvVariable(
        @Required
        @Size(min = 1, max = 128)
        @Pattern("^[A-Za-z_][A-Za-z0-9_]*$")
        @JsonPropertyDescription("Name of the variable; not PLIMSOLL_... or POD_UID, which are the operator's.")
        String name,

        @Required @Size(max = 4096) @JsonPropertyDescription("Value of the variable.")
        String value) {}
