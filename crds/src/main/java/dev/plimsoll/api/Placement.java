package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/**
 * Where the modules of a model may live.
 *
 * @param policy the rule by which each module gets its device
 */
public record Placement(
        @Default("GpuOnly") @JsonPropertyDescription("""
                Where the modules may live. GpuOnly (default): every module on GPUs, or the deployment is refused \
                before a weight byte is read. HostOnly: every module in host memory; no GPU is asked for.""") PlacementPolicy policy) {

    public Placement {
        policy = Defaults.of(policy, PlacementPolicy.GpuOnly);
    }
}
