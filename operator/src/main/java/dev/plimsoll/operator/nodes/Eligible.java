package dev.plimsoll.operator.nodes;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node may take a pod, as far as labels and taints say: nodeSelector, required node affinity, tolerations. What
 * the scheduler decides beside that, such as spreading, is left to it.
 */
final class Eligible {
    private final PodSpec pod;

    Eligible(PodSpec pod) {
        this.pod = pod;
    }

    boolean accepts(Node node) {
        Map<String, String> labels = labels(node);
        boolean selected =
                Objects.requireNonNullElse(pod.getNodeSelector(), Map.<String, String>of()).entrySet().stream()
                        .allMatch(wanted -> wanted.getValue().equals(labels.get(wanted.getKey())));
        return selected && isDrawn(node, labels) && isTolerated(node) && !isCordoned(node);
    }

    static Map<String, String> labels(Node node) {
        return Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
    }

    private static boolean isCordoned(Node node) {
        return node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
    }

    private boolean isTolerated(Node node) {
        List<Taint> taints = node.getSpec() == null
                ? List.of()
                : Objects.requireNonNullElse(node.getSpec().getTaints(), List.of());
        List<Toleration> tolerations = Objects.requireNonNullElse(pod.getTolerations(), List.of());
        return taints.stream()
                .filter(taint -> !"PreferNoSchedule".equals(taint.getEffect()))
                .allMatch(taint -> tolerations.stream().anyMatch(toleration -> tolerates(toleration, taint)));
    }

    private static boolean tolerates(Toleration toleration, Taint taint) {
        String key = text(toleration.getKey());
        String effect = text(toleration.getEffect());
        boolean exists = "Exists".equals(toleration.getOperator());
        return (effect.isEmpty() || effect.equals(taint.getEffect()))
                && (key.isEmpty() ? exists : key.equals(taint.getKey()))
                && (exists || text(toleration.getValue()).equals(text(taint.getValue())));
    }

    /** One term must hold; in a term all must. */
    private boolean isDrawn(Node node, Map<String, String> labels) {
        List<NodeSelectorTerm> terms = Optional.ofNullable(pod.getAffinity())
                .map(Affinity::getNodeAffinity)
                .map(NodeAffinity::getRequiredDuringSchedulingIgnoredDuringExecution)
                .map(NodeSelector::getNodeSelectorTerms)
                .orElse(List.of());
        return terms.isEmpty()
                || terms.stream()
                        .anyMatch(term -> all(term.getMatchExpressions(), labels)
                                && all(
                                        term.getMatchFields(),
                                        Map.of(
                                                "metadata.name",
                                                node.getMetadata().getName())));
    }

    private static boolean all(List<NodeSelectorRequirement> requirements, Map<String, String> of) {
        return Objects.requireNonNullElse(requirements, List.<NodeSelectorRequirement>of()).stream()
                .allMatch(requirement -> holds(requirement, of.get(requirement.getKey())));
    }

    private static boolean holds(NodeSelectorRequirement requirement, @Nullable String value) {
        List<String> values = Objects.requireNonNullElse(requirement.getValues(), List.of());
        return switch (text(requirement.getOperator())) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> compare(value, values) > 0;
            case "Lt" -> compare(value, values) < 0;
            default -> false;
        };
    }

    /** Zero where one of them is no number. */
    private static int compare(@Nullable String value, List<String> values) {
        try {
            return value == null || values.isEmpty()
                    ? 0
                    : Long.compare(Long.parseLong(value), Long.parseLong(values.getFirst()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String text(@Nullable String value) {
        return Objects.requireNonNullElse(value, "");
    }
}
