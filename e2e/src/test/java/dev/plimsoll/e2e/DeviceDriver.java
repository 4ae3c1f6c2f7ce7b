package dev.plimsoll.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceClassBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A driver for Dynamic Resource Allocation on the local cluster's node, and a DeviceClass of its devices. */
final class DeviceDriver implements AutoCloseable {
    static final String CLASS = "gpu.e2e.plimsoll.dev";
    private static final Path CACHE = Cluster.MODELS.getParent();
    private static final Path STATE = Path.of(Optional.ofNullable(System.getenv("PLIMSOLL_STATE"))
            .orElse(System.getProperty("user.home") + "/.local/state/plimsoll"));

    private final Cluster cluster;
    private final Process process;

    /** @param devices {@code NAME=PRODUCT:MEMORY} each */
    DeviceDriver(Cluster cluster, String... devices) throws IOException {
        this.cluster = cluster;
        List<String> command = new ArrayList<>(List.of(
                CACHE.resolve("cluster/bin/dra-driver").toString(),
                "-node",
                cluster.client()
                        .nodes()
                        .list()
                        .getItems()
                        .getFirst()
                        .getMetadata()
                        .getName(),
                "-kubelet",
                STATE.resolve("kubelet").toString()));
        command.addAll(List.of(devices));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Path.of("target/dra-driver.log").toFile())
                .start();
        cluster.client()
                .resource(new DeviceClassBuilder()
                        .withNewMetadata()
                        .withName(CLASS)
                        .endMetadata()
                        .withNewSpec()
                        .addNewSelector()
                        .withNewCel()
                        .withExpression("device.driver == '" + CLASS + "'")
                        .endCel()
                        .endSelector()
                        .endSpec()
                        .build())
                .serverSideApply();
        await("the driver's devices, or the reason in target/dra-driver.log")
                .atMost(Duration.ofSeconds(60))
                .until(() -> process.isAlive() && !slices().isEmpty());
    }

    private List<ResourceSlice> slices() {
        return cluster.client().resources(ResourceSlice.class).list().getItems().stream()
                .filter(slice -> slice.getSpec().getDriver().equals(CLASS))
                .toList();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(20, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
        slices().forEach(slice -> cluster.client().resource(slice).delete());
        cluster.client()
                .resources(io.fabric8.kubernetes.api.model.resource.v1.DeviceClass.class)
                .withName(CLASS)
                .delete();
    }
}
