package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory budgets as Kubernetes quantities: ceilings that a plan is held against before anything is loaded, and that
 * measurements are held against afterwards.
 *
 * @param gpu ceiling of the process on each GPU, everything included; null means what the device has free
 * @param perGpu ceilings of single GPUs, which override {@code gpu}
 * @param host ceiling of the container: its memory limit and request
 * @param disk scratch space for a copy of offloaded weights in the model's dtype; null means that the checkpoint's own
 *     files are read
 */
@ValidationRule(
        value =
                "!has(self.gpu) || (isQuantity(string(self.gpu)) && !quantity(string(self.gpu)).isLessThan(quantity('1'))"
                        + " && !string(self.gpu).matches('" + Memory.FRACTION + "')"
                        + " && !quantity(string(self.gpu)).isGreaterThan(quantity('1Pi')))",
        fieldPath = ".gpu",
        message = "memory.gpu must be a positive Kubernetes quantity of whole bytes, at most 1Pi, such as 8Gi")
@ValidationRule(
        value = "!has(self.host) || (isQuantity(string(self.host))"
                + " && !quantity(string(self.host)).isLessThan(quantity('256Mi'))"
                + " && !string(self.host).matches('" + Memory.FRACTION + "')"
                + " && !quantity(string(self.host)).isGreaterThan(quantity('1Pi')))",
        fieldPath = ".host",
        message =
                "memory.host must be a Kubernetes quantity of whole bytes, at least 256Mi and at most 1Pi, such as 2Gi:"
                        + " the server itself needs that")
@ValidationRule(
        value =
                "!has(self.disk) || (isQuantity(string(self.disk)) && !quantity(string(self.disk)).isLessThan(quantity('1'))"
                        + " && !string(self.disk).matches('" + Memory.FRACTION + "')"
                        + " && !quantity(string(self.disk)).isGreaterThan(quantity('1Pi')))",
        fieldPath = ".disk",
        message = "memory.disk must be a positive Kubernetes quantity of whole bytes, at most 1Pi, such as 20Gi")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Memory(
        @InSchema(longest = 32) @JsonPropertyDescription("""
                Ceiling of the server process on each GPU: weights, KV cache, workspace and context together. Default: \
                what the device has free when the server starts, less headroom.""") @Nullable
        Quantity gpu,

        @InSchema(key = "index", most = 16)
        @JsonPropertyDescription("Ceilings of single GPUs, which override gpu; one for each index.")
        @Nullable
        List<GpuLimit> perGpu,

        @Default("2Gi") @InSchema(longest = 32) @JsonPropertyDescription("""
                Ceiling of host memory, a hard one: the container's memory limit and request. Weights placed on the \
                host count. Default: 2Gi.""")
        Quantity host,

        @InSchema(longest = 32) @JsonPropertyDescription("""
                Scratch space on the node's disk for weights that live on disk in another dtype than the \
                checkpoint's: they are cast once and then read as they are. Default: none, they are cast each time.""") @Nullable
        Quantity disk) {

    /** Quantities in units below a byte (8m, 1e-3) and plain numbers with decimals (1.5). */
    static final String FRACTION = "[num]$|[eE]-|^[+]?[0-9]*[.][0-9]*$";

    private static final Quantity DEFAULT_HOST = new Quantity("2Gi");

    static final Memory DEFAULT = new Memory(null, null, DEFAULT_HOST, null);

    public Memory {
        host = Defaults.of(host, DEFAULT_HOST);
    }

    /** Ceilings of every GPU alike, and of the host. */
    public static Memory of(@Nullable Quantity gpu, Quantity host) {
        return new Memory(gpu, null, host, null);
    }
}
