package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;

/**
 * The GPUs of each replica.
 *
 * @param count GPUs per replica
 * @param resourceName the extended resource that stands for them; {@link #EMULATED} asks for emulated ones
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Gpu(
        @Default("1") @Min(1) @Max(16) @JsonPropertyDescription("GPUs per replica. Default: 1.")
        Integer count,

        @Default("nvidia.com/gpu")
        @Size(max = 253)
        @Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")
        @JsonPropertyDescription("""
                The extended resource that stands for a GPU. Default: nvidia.com/gpu. plimsoll.dev/emulated-gpu asks \
                for GPUs that are host memory with an enforced limit, for development and tests; every report from \
                them says Emulated.""")
        String resourceName) {

    /** The resource name that asks for emulated GPUs. */
    public static final String EMULATED = "plimsoll.dev/emulated-gpu";

    /** What a deployment that says nothing of GPUs gets. */
    public static final Gpu DEFAULT = new Gpu(1, "nvidia.com/gpu");

    public Gpu {
        count = Defaults.of(count, 1);
        resourceName = Defaults.of(resourceName, "nvidia.com/gpu");
    }

    public boolean emulated() {
        return resourceName.equals(EMULATED);
    }
}
