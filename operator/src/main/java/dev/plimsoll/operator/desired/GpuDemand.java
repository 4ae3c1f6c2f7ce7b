package dev.plimsoll.operator.desired;

import dev.plimsoll.api.ByteSize;
import dev.plimsoll.api.Gpu;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.PlacementPolicy;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What GPUs a pod asks for, and how: by an extended resource on nodes that have the labels of GPU feature discovery, or
 * by Dynamic Resource Allocation from devices that an expression selects.
 */
final class GpuDemand {
    private static final String PRODUCT_LABEL = "nvidia.com/gpu.product";
    private static final String MEMORY_LABEL = "nvidia.com/gpu.memory";
    private static final long MI = 1 << 20;

    private final Gpu gpu;
    private final int count;
    private final @Nullable Quantity budget;

    private GpuDemand(Gpu gpu, int count, @Nullable Quantity budget) {
        this.gpu = gpu;
        this.count = count;
        this.budget = budget;
    }

    static GpuDemand of(ModelDeploymentSpec spec) {
        Gpu gpu = Objects.requireNonNullElse(spec.gpu(), Gpu.DEFAULT);
        boolean none = spec.placement().policy().equals(PlacementPolicy.HostOnly);
        return new GpuDemand(gpu, none ? 0 : gpu.count(), spec.memory().gpu());
    }

    int count() {
        return count;
    }

    boolean emulated() {
        return count > 0 && gpu.emulated();
    }

    /** Whether they are asked for by Dynamic Resource Allocation. */
    boolean byClaim() {
        return count > 0 && gpu.deviceClassName() != null;
    }

    /** The extended resource that stands for them; empty where none are asked for that way. */
    Optional<String> resource() {
        return count > 0 && !byClaim() ? Optional.of(gpu.resourceName()) : Optional.empty();
    }

    String deviceClass() {
        return Objects.requireNonNull(gpu.deviceClassName());
    }

    /** What the labels of a node must say. The memory label is in whole MiB. */
    List<NodeSelectorRequirement> nodeLabels() {
        List<NodeSelectorRequirement> wanted = new ArrayList<>();
        if (count == 0 || byClaim()) {
            return wanted;
        }
        if (gpu.product() != null && !gpu.product().isEmpty()) {
            wanted.add(new NodeSelectorRequirementBuilder()
                    .withKey(PRODUCT_LABEL)
                    .withOperator("In")
                    .withValues(gpu.product())
                    .build());
        }
        if (gpu.memory() != null) {
            long least = Math.ceilDiv(ByteSize.bytes(gpu.memory()), MI);
            wanted.add(new NodeSelectorRequirementBuilder()
                    .withKey(MEMORY_LABEL)
                    .withOperator("Gt")
                    .withValues(Long.toString(least - 1))
                    .build());
        }
        return wanted;
    }

    /**
     * Expressions in CEL of which a device must satisfy each. A driver's own attributes and capacities are in the domain of
     * its name; a device without them does not match, which is not the same as an expression that fails.
     */
    List<String> deviceSelectors() {
        List<String> selectors = new ArrayList<>();
        Stream.of(Optional.ofNullable(gpu.memory()), Optional.ofNullable(budget))
                .flatMap(Optional::stream)
                .map(ByteSize::bytes)
                .max(Long::compare)
                .map(bytes -> "'memory' in device.capacity[device.driver] && device.capacity[device.driver].memory"
                        + ".compareTo(quantity('" + Canonical.bytes(new Quantity(Long.toString(bytes))) + "')) >= 0")
                .ifPresent(selectors::add);
        if (gpu.product() != null && !gpu.product().isEmpty()) {
            selectors.add("'productName' in device.attributes[device.driver]"
                    + " && device.attributes[device.driver].productName.replace(' ', '-') in ["
                    + gpu.product().stream().map(product -> "'" + product + "'").collect(Collectors.joining(", "))
                    + "]");
        }
        return selectors;
    }
}
