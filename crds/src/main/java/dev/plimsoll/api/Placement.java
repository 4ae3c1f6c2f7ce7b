package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the modules of a model may live.
 *
 * @param policy the rule by which each module gets its device
 * @param map what {@code Custom} goes by; null with any other policy
 * @param offload tiers that modules may overflow into, in this order; null means {@code [Host]} where the policy
 *     allows it
 */
@ValidationRule(
        value = "!has(self.map) || self.policy == 'Custom'",
        fieldPath = ".map",
        message = "placement.map is for policy Custom alone: remove it, or choose Custom")
@ValidationRule(
        value = "self.policy != 'Custom' || (has(self.map) && size(self.map) > 0)",
        message = "policy Custom needs placement.map: say which module lives where, such as {module: \"\", device:"
                + " \"gpu:0\"} for all of them")
@ValidationRule(
        value = "!has(self.offload) || self.policy in ['Auto', 'Balanced', 'BalancedLow0', 'Sequential']",
        fieldPath = ".offload",
        message = "placement.offload is for policies Auto, Balanced, BalancedLow0 and Sequential: remove it, or choose"
                + " one of them")
@ValidationRule(
        value = "!has(self.offload) || size(self.offload) < 2"
                + " || (self.offload[0] == 'Host' && self.offload[1] != 'Host')",
        fieldPath = ".offload",
        message = "placement.offload names each tier once, from the faster to the slower: write [Host, Disk]")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Placement(
        @Default("GpuOnly")
        @InSchema(oneOf = {"GpuOnly", "Auto", "Balanced", "BalancedLow0", "Sequential", "HostOnly", "Custom"})
        @JsonPropertyDescription("""
                Where the modules may live. GpuOnly (default): every module on GPUs, or the deployment is refused \
                before a weight byte is read. Auto: as many bytes on GPUs as the budgets allow, the rest in the tiers \
                of offload. Balanced, BalancedLow0, Sequential: the device map that transformers gives for the same \
                room. HostOnly: every module in host memory; no GPU is asked for. Custom: as map says.""")
        PlacementPolicy policy,

        @InSchema(key = "module", most = 1024)
        @JsonPropertyDescription("Custom only: devices by module prefix; the longest prefix wins.")
        @Nullable
        List<ModulePlacement> map,

        @InSchema(
                atomic = true,
                most = 2,
                oneOf = {"Host", "Disk"})
        @JsonPropertyDescription("""
                Tiers that Auto, Balanced, BalancedLow0 and Sequential may overflow into, in this order. What lives \
                there still runs on a GPU, streamed in just in time. Default: [Host].""")
        @Nullable
        List<OffloadTier> offload) {

    private static final List<OffloadTier> DEFAULT_OFFLOAD = List.of(OffloadTier.Host);

    public Placement {
        policy = Defaults.of(policy, PlacementPolicy.GpuOnly);
    }

    /** A policy that needs nothing else. */
    public static Placement of(PlacementPolicy policy) {
        return new Placement(policy, null, null);
    }

    /** The tiers that modules may really overflow into. */
    public List<OffloadTier> tiers() {
        return policy.mayOffload() ? Defaults.of(offload, DEFAULT_OFFLOAD) : List.of();
    }
}
