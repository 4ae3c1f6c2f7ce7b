package dev.plimsoll.operator.nodes;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Collection;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The largest GPUs that a pod could get: those of the nodes that may take it and have as many as it wants, by the labels of
 * GPU feature discovery. What fits none of them fits no node; what fits only these is the scheduler's to find.
 *
 * @param memory such as {@code 81559Mi}; empty where nobody says
 * @param product such as {@code NVIDIA-H100-80GB-HBM3}; empty where nobody says
 */
public record Gpus(String memory, String product) {
    /** Nothing is known: a plan goes by {@code memory.gpu} alone. */
    public static final Gpus UNKNOWN = new Gpus("", "");

    /**
     * @param pod whose GPUs they would be
     * @param resource that stands for a GPU, such as {@code nvidia.com/gpu}
     * @param count that each pod wants
     */
    public static Gpus of(Collection<Node> nodes, PodSpec pod, String resource, int count) {
        Eligible eligible = new Eligible(pod);
        return nodes.stream()
                .filter(node -> eligible.accepts(node) && has(node, resource, count))
                .flatMap(node ->
                        mebibytes(node, resource).stream().map(size -> new Sized(size, product(node, resource))))
                .max(Comparator.comparingLong(Sized::mebibytes).thenComparing(Sized::product))
                .map(largest -> new Gpus(largest.mebibytes() + "Mi", largest.product()))
                .orElse(UNKNOWN);
    }

    private record Sized(long mebibytes, String product) {}

    public boolean areKnown() {
        return !memory.isEmpty();
    }

    /** Such as {@code 81559Mi (NVIDIA-H100-80GB-HBM3)}. */
    public String words() {
        return product.isEmpty() ? memory : memory + " (" + product + ")";
    }

    private static boolean has(Node node, String resource, int count) {
        return Stream.ofNullable(node.getStatus())
                .flatMap(status -> Stream.ofNullable(status.getAllocatable()))
                .flatMap(all -> Stream.ofNullable(all.get(resource)))
                .map(Quantity::getNumericalAmount)
                .anyMatch(amount -> amount.longValue() >= count);
    }

    private static Optional<Long> mebibytes(Node node, String resource) {
        String label = Eligible.labels(node).get(resource + ".memory");
        return label != null && label.matches("[1-9][0-9]{0,8}") ? Optional.of(Long.valueOf(label)) : Optional.empty();
    }

    private static String product(Node node, String resource) {
        return Objects.requireNonNullElse(Eligible.labels(node).get(resource + ".product"), "");
    }
}
