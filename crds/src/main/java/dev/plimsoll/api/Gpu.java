package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs of each replica.
 *
 * @param count GPUs per replica
 * @param resourceName the extended resource that stands for them; {@link #EMULATED} asks for emulated ones
 * @param product products of which a node's GPUs must be one; null means any
 * @param memory what each GPU must have; null means anything
 * @param deviceClassName asks for them by Dynamic Resource Allocation; null means by {@code resourceName}
 */
@ValidationRule(
        value = "!has(self.memory) || (isQuantity(string(self.memory))"
                + " && !quantity(string(self.memory)).isLessThan(quantity('1Mi'))"
                + " && !quantity(string(self.memory)).isGreaterThan(quantity('1Pi')))",
        fieldPath = ".memory",
        message = "gpu.memory must be a Kubernetes quantity from 1Mi to 1Pi, such as 40Gi")
@ValidationRule(
        value = "!has(self.deviceClassName) || self.resourceName in ['nvidia.com/gpu', '" + Gpu.EMULATED + "']",
        fieldPath = ".resourceName",
        message = "gpu.resourceName has no effect with gpu.deviceClassName: remove one of them")
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
        String resourceName,

        @JsonInclude(JsonInclude.Include.NON_NULL)
        @InSchema(atomic = true, most = 32, longest = 63, matches = "^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")
        @JsonPropertyDescription("""
                Products of which the GPUs must be one, as GPU feature discovery labels nodes (nvidia.com/gpu.product: \
                NVIDIA-H100-80GB-HBM3); with deviceClassName the device's attribute productName, where a '-' of \
                these stands for a space. Default: any.""")
        @Nullable
        List<String> product,

        @JsonInclude(JsonInclude.Include.NON_NULL) @InSchema(longest = 32) @JsonPropertyDescription("""
                Memory that each GPU must have, by the node label nvidia.com/gpu.memory; with deviceClassName by the \
                device's capacity memory. Default: any; with deviceClassName memory.gpu.""") @Nullable
        Quantity memory,

        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Size(min = 1, max = 253)
        @Pattern(Scheduling.NAME)
        @JsonPropertyDescription("""
                Ask for the GPUs by Dynamic Resource Allocation, as devices of this DeviceClass (gpu.nvidia.com), \
                instead of by an extended resource. Default: none.""")
        @Nullable
        String deviceClassName) {

    /** The resource name that asks for emulated GPUs. */
    public static final String EMULATED = "plimsoll.dev/emulated-gpu";

    /** What a deployment that says nothing of GPUs gets. */
    public static final Gpu DEFAULT = new Gpu(1, "nvidia.com/gpu");

    /** Any product and any memory, by an extended resource. */
    public Gpu(Integer count, String resourceName) {
        this(count, resourceName, null, null, null);
    }

    public Gpu {
        count = Defaults.of(count, 1);
        resourceName = Defaults.of(resourceName, "nvidia.com/gpu");
    }

    public boolean emulated() {
        return resourceName.equals(EMULATED);
    }
}
