package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/**
 * Memory budgets as Kubernetes quantities: ceilings that a plan is held against before anything is loaded, and that
 * measurements are held against afterwards.
 *
 * @param gpu ceiling of the process on each GPU, everything included; null means what the device has free
 * @param host ceiling of the container: its memory limit and request
 */
@ValidationRule(
        value =
                "!has(self.gpu) || (isQuantity(string(self.gpu)) && quantity(string(self.gpu)).isGreaterThan(quantity('0')))",
        fieldPath = ".gpu",
        message = "memory.gpu must be a positive Kubernetes quantity such as 8Gi")
@ValidationRule(
        value = "!has(self.host) || (isQuantity(string(self.host))"
                + " && !quantity(string(self.host)).isLessThan(quantity('256Mi')))",
        fieldPath = ".host",
        message =
                "memory.host must be a Kubernetes quantity of at least 256Mi, such as 2Gi: the server itself needs that")
public record Memory(
        @JsonPropertyDescription("""
                Ceiling of the server process on each GPU: weights, KV cache, workspace and context together. Default: \
                what the device has free when the server starts, less headroom.""") @Nullable Quantity gpu,

        @Default("2Gi") @JsonPropertyDescription("""
                Ceiling of host memory, a hard one: the container's memory limit and request. Weights placed on the \
                host count. Default: 2Gi.""") Quantity host) {

    private static final Quantity DEFAULT_HOST = new Quantity("2Gi");

    static final Memory DEFAULT = new Memory(null, DEFAULT_HOST);

    public Memory {
        host = Defaults.of(host, DEFAULT_HOST);
    }
}
