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
import java.util.Optional;
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
        Scheduling scheduling,

        @JsonPropertyDescription("How a changed spec reaches the pods.") @Nullable
        Rollout rollout,

        @JsonPropertyDescription("The server's image and container, and what its pod needs of the cluster.") @Nullable
        Server server,

        @JsonPropertyDescription("Labels and annotations of the pods, beside the operator's own.") @Nullable
        PodMetadata podMetadata,

        @JsonPropertyDescription("""
                Give the GPUs back: no pod runs and everything else is kept, replicas too, until this is false again. \
                Default: false.""") @Nullable Boolean suspend) {

    /** With the defaults of all that is not about the model. */
    public ModelDeploymentSpec(
            ModelSource model,
            Dtype dtype,
            Placement placement,
            Memory memory,
            @Nullable Gpu gpu,
            Serving serving,
            Integer replicas,
            @Nullable Scheduling scheduling) {
        this(model, dtype, placement, memory, gpu, serving, replicas, scheduling, null, null, null, null);
    }

    public ModelDeploymentSpec {
        dtype = Defaults.of(dtype, Dtype.Auto);
        placement = Defaults.of(placement, Placement.of(PlacementPolicy.GpuOnly));
        memory = Defaults.of(memory, Memory.DEFAULT);
        serving = Defaults.of(serving, Serving.DEFAULT);
        replicas = Defaults.of(replicas, 1);
    }

    /** Whether the GPUs are given back, said or not. */
    public boolean suspended() {
        return Boolean.TRUE.equals(suspend);
    }

    /** How a change reaches the pods, said or not. */
    public Rollout rolloutOrDefault() {
        return Defaults.of(rollout, Rollout.DEFAULT);
    }

    /** What its pods need, said or not. */
    public Server serverOrDefault() {
        return Defaults.of(server, Server.DEFAULT);
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
        Optional.ofNullable(scheduling).map(Scheduling::unreadable).stream()
                .flatMap(List::stream)
                .forEach(field -> unknown.add("scheduling.affinity." + field + " as it is written"));
        if (!rolloutOrDefault().strategy().isKnown()) {
            unknown.add("rollout.strategy " + rolloutOrDefault().strategy());
        }
        if (!rolloutOrDefault().onOperatorUpgrade().isKnown()) {
            unknown.add("rollout.onOperatorUpgrade " + rolloutOrDefault().onOperatorUpgrade());
        }
        if (!rolloutOrDefault().rollback().isKnown()) {
            unknown.add("rollout.rollback " + rolloutOrDefault().rollback());
        }
        return unknown;
    }
}
