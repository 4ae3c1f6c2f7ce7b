package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for. Absent fields take the schema's defaults, also when the document did not pass through an API
 * server; nothing is ever written back into it.
 */
@ValidationRule(
        value = "!(has(self.placement) && self.placement.policy == 'HostOnly'"
                + " && has(self.memory) && has(self.memory.gpu))",
        message = "memory.gpu has no effect with placement.policy HostOnly: remove it, or choose another policy")
@ValidationRule(
        value = "!(has(self.placement) && self.placement.policy == 'HostOnly'"
                + " && has(self.memory) && has(self.memory.perGpu))",
        message = "memory.perGpu has no effect with placement.policy HostOnly: remove it, or choose another policy")
@ValidationRule(
        value = "!(has(self.placement) && self.placement.policy == 'HostOnly' && has(self.gpu))",
        message = "gpu has no effect with placement.policy HostOnly: remove it, or choose another policy")
@ValidationRule(
        value = "!has(self.memory) || !has(self.memory.perGpu)"
                + " || self.memory.perGpu.all(g, g.index < (has(self.gpu) ? self.gpu.count : 1))",
        message = "memory.perGpu names a GPU that a replica does not have: indexes go from 0 to gpu.count - 1")
@ValidationRule(
        value = "!has(self.placement) || !has(self.placement.map)"
                + " || self.placement.map.all(m, !m.device.startsWith('gpu:')"
                + " || int(m.device.substring(4)) < (has(self.gpu) ? self.gpu.count : 1))",
        message = "placement.map names a GPU that a replica does not have: they go from gpu:0 to gpu.count - 1")
@ValidationRule(
        value = "!has(self.memory) || !has(self.memory.disk) || (has(self.placement)"
                + " && ((has(self.placement.offload) && 'Disk' in self.placement.offload)"
                + " || (has(self.placement.map) && self.placement.map.exists(m, m.device == 'disk'))))",
        message = "memory.disk has no effect where nothing may live on disk: remove it, or name Disk in"
                + " placement.offload or disk in placement.map")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ModelDeploymentSpec(
        @Required @JsonPropertyDescription("The checkpoint to serve.")
        ModelSource model,

        @Default("Auto") @InSchema(oneOf = {"Auto", "Float32", "Float16", "BFloat16"}) @JsonPropertyDescription("""
                Element type of the weights on their devices; the checkpoint is cast while it is loaded. Auto \
                (default) takes the checkpoint's own.""")
        Dtype dtype,

        @Default("{}") @JsonPropertyDescription("Where the modules of the model may live.")
        Placement placement,

        @Default("{}") @JsonPropertyDescription("Memory budgets, in bytes as Kubernetes quantities.")
        Memory memory,

        @JsonPropertyDescription("The GPUs of each replica; not with placement.policy HostOnly.") @Nullable
        Gpu gpu,

        @Default("{}") @JsonPropertyDescription("What the KV cache is sized for, and how clients are served.")
        Serving serving,

        @Default("1")
        @Min(0)
        @Max(1000)
        @SpecReplicas
        @JsonPropertyDescription("Pods that serve the model. Default: 1.")
        Integer replicas,

        @JsonPropertyDescription("Where the pods may run.") @Nullable
        Scheduling scheduling) {

    public ModelDeploymentSpec {
        dtype = Defaults.of(dtype, Dtype.Auto);
        placement = Defaults.of(placement, Placement.of(PlacementPolicy.GpuOnly));
        memory = Defaults.of(memory, Memory.DEFAULT);
        serving = Defaults.of(serving, Serving.DEFAULT);
        replicas = Defaults.of(replicas, 1);
    }

    /** What in it this version does not know, such as {@code dtype Float8}: written for a newer one. */
    public List<String> unknownValues() {
        List<String> unknown = new ArrayList<>();
        if (!dtype.isKnown()) {
            unknown.add("dtype " + dtype);
        }
        if (!placement.policy().isKnown()) {
            unknown.add("placement.policy " + placement.policy());
        }
        Objects.requireNonNullElse(placement.offload(), List.<OffloadTier>of()).stream()
                .filter(tier -> !tier.isKnown())
                .forEach(tier -> unknown.add("placement.offload " + tier));
        if (!serving.specialTokens().isKnown()) {
            unknown.add("serving.specialTokensInContent " + serving.specialTokens());
        }
        return unknown;
    }
}
