package dev.plimsoll.operator.nodes;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.Device;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceAttribute;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The largest GPUs that a pod could get: those of the nodes that may take it and have as many as it wants, by the labels of
 * GPU feature discovery, or those that drivers publish in ResourceSlices. What fits none of them fits no node; what fits only these is the scheduler's to find.
 *
 * @param memory such as {@code 81559Mi}; empty where nobody says
 * @param product such as {@code NVIDIA-H100-80GB-HBM3}; empty where nobody says
 */
public record Gpus(String memory, String product) {
    /** Nothing is known: a plan goes by {@code memory.gpu} alone. */
    public static final Gpus UNKNOWN = new Gpus("", "");

    private static final Comparator<Sized> BY_SIZE =
            Comparator.comparingLong(Sized::mebibytes).thenComparing(Sized::product);

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
                .max(BY_SIZE)
                .map(Sized::gpus)
                .orElse(UNKNOWN);
    }

    /**
     * Of those that Dynamic Resource Allocation may claim, whatever the class: of a node that has as many as a pod wants, the
     * size that each of so many has.
     */
    public static Gpus ofSlices(Collection<ResourceSlice> slices, int count) {
        Map<String, List<Sized>> byPool = slices.stream()
                .collect(Collectors.groupingBy(
                        slice -> slice.getSpec().getDriver() + "/"
                                + slice.getSpec().getPool().getName(),
                        Collectors.flatMapping(Gpus::devices, Collectors.toList())));
        return byPool.values().stream()
                .filter(devices -> devices.size() >= count)
                .map(devices ->
                        devices.stream().sorted(BY_SIZE.reversed()).toList().get(count - 1))
                .max(BY_SIZE)
                .map(Sized::gpus)
                .orElse(UNKNOWN);
    }

    /** Those that say how much memory they have. */
    private static Stream<Sized> devices(ResourceSlice slice) {
        return Objects.requireNonNullElse(slice.getSpec().getDevices(), List.<Device>of()).stream()
                .flatMap(device -> Stream.ofNullable(device.getCapacity())
                        .flatMap(capacity -> Stream.ofNullable(capacity.get("memory")))
                        .map(memory -> new Sized(
                                Quantity.getAmountInBytes(memory.getValue()).longValue() >> 20, product(device))));
    }

    private static String product(Device device) {
        return Optional.ofNullable(device.getAttributes())
                .map(attributes -> attributes.get("productName"))
                .map(DeviceAttribute::getString)
                .orElse("");
    }

    private record Sized(long mebibytes, String product) {
        Gpus gpus() {
            return new Gpus(mebibytes + "Mi", product);
        }
    }

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
