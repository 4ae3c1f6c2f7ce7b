package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A cluster whose only NVIDIA GPU, as its node says, is too small for a model: that is said before a pod is scheduled. */
@Isolated
class NoSuchGpuE2E {
    /** Operators keep a list of the nodes for so long. */
    private static final Duration LISTED = Duration.ofSeconds(31);

    @Test
    void whatFitsNoGpuOfTheClusterHoldsNothing() throws Exception {
        try (Topology it = new Topology("e2e-no-such-gpu")) {
            String node = Kubectl.run(it.cluster(), "get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
            node(it, node, "\"16\"", "\"NVIDIA-Tiny\"", "\"1\"");
            try {
                Thread.sleep(LISTED);
                it.cluster()
                        .apply(
                                "model",
                                it.model()
                                        .spec()
                                        .replace("HostOnly", "GpuOnly")
                                        .replace("host: 768Mi", "host: 1536Mi"));
                Seen told =
                        it.journal().await("that it fits none", seen -> seen.is("Fits", "False", "GpuBudgetTooSmall"));
                assertThat(told.message("Fits"))
                        .startsWith("gpu:0 needs ")
                        .contains("the largest GPU that the pods may have: 16Mi (NVIDIA-Tiny)");
                assertThat(told.is("Ready", "False", "GpuBudgetTooSmall")).isTrue();
                assertThat(Kubectl.run(it.cluster(), "get", "deployments", "-o", "name"))
                        .isEmpty();
            } finally {
                node(it, node, "null", "null", "null");
            }
        }
    }

    /** What GPU feature discovery and a device plugin say of a node. */
    private static void node(Topology it, String name, String mebibytes, String product, String count)
            throws Exception {
        Kubectl.run(
                it.cluster(),
                "patch",
                "node",
                name,
                "--type=merge",
                "-p",
                "{\"metadata\": {\"labels\": {\"nvidia.com/gpu.memory\": %s, \"nvidia.com/gpu.product\": %s}}}"
                        .formatted(mebibytes, product));
        Kubectl.run(
                it.cluster(),
                "patch",
                "node",
                name,
                "--subresource=status",
                "--type=merge",
                "-p",
                "{\"status\": {\"capacity\": {\"nvidia.com/gpu\": %s}, \"allocatable\": {\"nvidia.com/gpu\": %s}}}"
                        .formatted(count, count));
    }
}
