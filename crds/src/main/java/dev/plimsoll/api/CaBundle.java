package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * Certificate authorities in PEM, in a ConfigMap of the same namespace.
 *
 * @param configMap name of the ConfigMap
 * @param key of it under which they are
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CaBundle(
        @Required
        @Size(min = 1, max = 253)
        @Pattern(Scheduling.NAME)
        @JsonPropertyDescription("Name of a ConfigMap of the same namespace.")
        String configMap,

        @Default("ca.crt")
        @Size(min = 1, max = 253)
        @Pattern("^[-A-Za-z0-9_][-A-Za-z0-9_.]*$")
        @JsonPropertyDescription("Key of it that holds the certificates, in PEM. Default: ca.crt.")
        String key) {

    public CaBundle {
        key = Defaults.of(key, "ca.crt");
    }
}
