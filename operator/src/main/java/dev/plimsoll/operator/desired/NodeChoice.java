package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.Scheduling;
import dev.plimsoll.api.TopologySpread;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeAffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** On which nodes pods may run, and how they lie over them: what the spec says, and what the server and its GPUs need. */
final class NodeChoice {
    private static final String ARCHITECTURE = "kubernetes.io/arch";
    /** What the natives of the server's image are built for. */
    private static final String AMD64 = "amd64";

    private static final TopologySpread OVER_NODES = new TopologySpread("kubernetes.io/hostname", 1, "ScheduleAnyway");

    private final Scheduling scheduling;
    private final GpuDemand gpus;

    NodeChoice(ModelDeploymentSpec spec) {
        this.scheduling = Objects.requireNonNullElse(spec.scheduling(), Scheduling.DEFAULT);
        this.gpus = GpuDemand.of(spec);
    }

    /** The spec's affinity, in each of whose ways to match a node the node must also be one that the server can run on. */
    @Nullable
    Affinity affinity() {
        List<NodeSelectorRequirement> needed = needed();
        Affinity wanted = Objects.requireNonNullElseGet(scheduling.affinity(), Affinity::new);
        if (needed.isEmpty()) {
            return scheduling.affinity();
        }
        NodeAffinity nodes = Objects.requireNonNullElseGet(wanted.getNodeAffinity(), NodeAffinity::new);
        List<NodeSelectorTerm> terms = terms(nodes).stream()
                .map(term -> new NodeSelectorTermBuilder(term)
                        .addAllToMatchExpressions(needed)
                        .build())
                .toList();
        NodeAffinity both = new NodeAffinityBuilder(nodes)
                .editOrNewRequiredDuringSchedulingIgnoredDuringExecution()
                .withNodeSelectorTerms(terms)
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .build();
        return new AffinityBuilder(wanted).withNodeAffinity(both).build();
    }

    private List<NodeSelectorRequirement> needed() {
        List<NodeSelectorRequirement> needed = new ArrayList<>(gpus.nodeLabels());
        if (!namesArchitecture()) {
            needed.add(new NodeSelectorRequirementBuilder()
                    .withKey(ARCHITECTURE)
                    .withOperator("In")
                    .withValues(AMD64)
                    .build());
        }
        return needed;
    }

    private boolean namesArchitecture() {
        return scheduling.nodeSelector().containsKey(ARCHITECTURE)
                || Optional.ofNullable(scheduling.affinity()).map(Affinity::getNodeAffinity).stream()
                        .flatMap(nodes -> terms(nodes).stream())
                        .flatMap(term -> term.getMatchExpressions().stream())
                        .anyMatch(expression -> ARCHITECTURE.equals(expression.getKey()));
    }

    /** Ways to match a node, of which one must; where the spec names none, one that asks for nothing. */
    private static List<NodeSelectorTerm> terms(NodeAffinity nodes) {
        return Optional.ofNullable(nodes.getRequiredDuringSchedulingIgnoredDuringExecution())
                .map(NodeSelector::getNodeSelectorTerms)
                .filter(terms -> !terms.isEmpty())
                .orElseGet(() -> List.of(new NodeSelectorTerm()));
    }

    /** Over the pods of one template, so that a rollout counts no pods of another. */
    List<TopologySpreadConstraint> spread(Map<String, String> podsOfTheDeployment) {
        List<TopologySpread> wanted = Optional.ofNullable(scheduling.topologySpread())
                .filter(list -> !list.isEmpty())
                .orElse(List.of(OVER_NODES));
        return wanted.stream()
                .map(spread -> new TopologySpreadConstraintBuilder()
                        .withTopologyKey(spread.topologyKey())
                        .withMaxSkew(spread.maxSkew())
                        .withWhenUnsatisfiable(spread.whenUnsatisfiable())
                        .withNewLabelSelector()
                        .withMatchLabels(podsOfTheDeployment)
                        .endLabelSelector()
                        .withMatchLabelKeys("pod-template-hash")
                        .build())
                .toList();
    }
}
