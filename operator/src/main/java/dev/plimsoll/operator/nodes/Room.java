package dev.plimsoll.operator.nodes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether a node has room for one more pod: what it can allocate, less what its pods request, as the scheduler counts. */
public final class Room {
    private static final String PODS = "pods";

    private Room() {}

    /**
     * The first node, by name, that could take the pod now; empty where none could.
     *
     * @param pods of all namespaces
     */
    public static Optional<String> forOneMore(PodSpec wanted, Collection<Node> nodes, Collection<Pod> pods) {
        Eligible eligible = new Eligible(wanted);
        Map<String, BigDecimal> needs = requests(wanted);
        Map<String, List<Pod>> byNode = pods.stream()
                .filter(pod -> pod.getSpec() != null && pod.getSpec().getNodeName() != null && isActive(pod))
                .collect(Collectors.groupingBy(pod -> pod.getSpec().getNodeName()));
        return nodes.stream()
                .filter(eligible::accepts)
                .filter(node -> fits(
                        needs, free(node, byNode.getOrDefault(node.getMetadata().getName(), List.of()))))
                .map(node -> node.getMetadata().getName())
                .sorted()
                .findFirst();
    }

    /** What a pod requests, in words: {@code 2Gi of memory, 1 of nvidia.com/gpu}. */
    public static String words(PodSpec pod) {
        Map<String, Quantity> all = new TreeMap<>();
        containers(pod).forEach(container -> all.putAll(requestsOf(container)));
        return all.entrySet().stream()
                .map(request -> request.getValue() + " of " + request.getKey())
                .collect(Collectors.joining(", "));
    }

    private static boolean fits(Map<String, BigDecimal> needs, Map<String, BigDecimal> free) {
        return needs.entrySet().stream()
                .allMatch(need ->
                        free.getOrDefault(need.getKey(), BigDecimal.ZERO).compareTo(need.getValue()) >= 0);
    }

    private static Map<String, BigDecimal> free(Node node, List<Pod> pods) {
        Map<String, BigDecimal> free = new HashMap<>();
        if (node.getStatus() != null && node.getStatus().getAllocatable() != null) {
            node.getStatus().getAllocatable().forEach((name, amount) -> free.put(name, amount(amount)));
        }
        for (Pod pod : pods) {
            requests(pod.getSpec()).forEach((name, amount) -> free.merge(name, amount.negate(), BigDecimal::add));
        }
        return free;
    }

    private static Map<String, BigDecimal> requests(PodSpec pod) {
        Map<String, BigDecimal> sum = new HashMap<>();
        containers(pod).forEach(container -> requestsOf(container)
                .forEach((name, amount) -> sum.merge(name, amount(amount), BigDecimal::add)));
        Objects.requireNonNullElse(pod.getInitContainers(), List.<Container>of()).stream()
                .filter(container -> !"Always".equals(container.getRestartPolicy()))
                .forEach(container -> requestsOf(container)
                        .forEach((name, amount) -> sum.merge(name, amount(amount), BigDecimal::max)));
        Objects.requireNonNullElse(pod.getOverhead(), Map.<String, Quantity>of())
                .forEach((name, amount) -> sum.merge(name, amount(amount), BigDecimal::add));
        sum.put(PODS, BigDecimal.ONE);
        return sum;
    }

    /** Those that run side by side, native sidecars among them. */
    private static List<Container> containers(PodSpec pod) {
        return Stream.concat(
                        Objects.requireNonNullElse(pod.getContainers(), List.<Container>of()).stream(),
                        Objects.requireNonNullElse(pod.getInitContainers(), List.<Container>of()).stream()
                                .filter(container -> "Always".equals(container.getRestartPolicy())))
                .toList();
    }

    private static Map<String, Quantity> requestsOf(Container container) {
        return container.getResources() == null
                ? Map.of()
                : Objects.requireNonNullElse(container.getResources().getRequests(), Map.of());
    }

    private static boolean isActive(Pod pod) {
        return pod.getStatus() == null
                || !Set.of("Succeeded", "Failed")
                        .contains(Objects.requireNonNullElse(pod.getStatus().getPhase(), ""));
    }

    private static BigDecimal amount(Quantity quantity) {
        return Quantity.getAmountInBytes(quantity);
    }
}
