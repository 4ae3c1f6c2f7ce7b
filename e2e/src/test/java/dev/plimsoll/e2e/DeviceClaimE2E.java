package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** GPUs by device class: the scheduler chooses, among real ResourceSlices, those that are large enough. */
@Execution(ExecutionMode.CONCURRENT)
class DeviceClaimE2E {
    @Test
    void aGpuIsClaimedThatIsLargeEnough() throws Exception {
        try (Topology it = new Topology("e2e-device-claim");
                DeviceDriver _ =
                        new DeviceDriver(it.cluster(), "small=NVIDIA-T4:16Mi", "large=NVIDIA-H100-80GB-HBM3:1Gi")) {
            it.cluster().apply("model", onGpu(it, ""));
            it.awaitServing();
            assertThat(allocated(it)).containsExactly("large");
            assertThat(Kubectl.row(it.cluster(), "model").get(4)).contains("layers on GPU");

            it.cluster().apply("another", onGpu(it, ""));
            await("that the scheduler finds no other device, and the status says so")
                    .atMost(Duration.ofMinutes(3))
                    .untilAsserted(() -> assertThat(Kubectl.row(it.cluster(), "another"))
                            .startsWith("another", "False", "Unschedulable"));

            it.cluster().model("model").delete();
            await("the claim of a pod that has gone is free for the next")
                    .atMost(Duration.ofMinutes(4))
                    .untilAsserted(() -> assertThat(Kubectl.row(it.cluster(), "another"))
                            .startsWith("another", "True", "AsSpecified"));
            assertThat(allocated(it)).containsExactly("large");

            it.cluster().apply("choosy", onGpu(it, ", product: [NVIDIA-GB300]"));
            await("that no device is of that product")
                    .atMost(Duration.ofMinutes(3))
                    .untilAsserted(() -> assertThat(Kubectl.row(it.cluster(), "choosy"))
                            .startsWith("choosy", "False", "Unschedulable"));
        }
    }

    private static String onGpu(Topology it, String more) {
        return it.model()
                        .spec()
                        .replace("placement: {policy: HostOnly}", "placement: {policy: GpuOnly}")
                        .replace("memory: {host: 768Mi}", "memory: {gpu: 400Mi, host: 1536Mi}")
                + "gpu: {deviceClassName: %s, resourceName: plimsoll.dev/emulated-gpu%s}\n"
                        .formatted(DeviceDriver.CLASS, more);
    }

    private static List<String> allocated(Topology it) {
        return it
                .cluster()
                .client()
                .resources(ResourceClaim.class)
                .inNamespace(it.cluster().namespace())
                .list()
                .getItems()
                .stream()
                .filter(claim -> claim.getStatus() != null && claim.getStatus().getAllocation() != null)
                .flatMap(claim -> claim.getStatus().getAllocation().getDevices().getResults().stream())
                .map(result -> result.getDevice())
                .toList();
    }
}
