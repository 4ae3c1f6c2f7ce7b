package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.ModulePlacement;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sample of each policy, as users apply it: Ready, where it says, with the tokens of the whole model. */
class SamplesE2E {
    private static Cluster cluster;

    @BeforeAll
    static void open() {
        cluster = new Cluster("e2e-samples");
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    /** Layers by device: a number, or the least and the most where the plan may choose. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            host-only              | host 30                                  | 30/30 layers on host
            gpu-only-emulated      | gpu:0 30                                 | 30/30 layers on GPU (emulated)
            auto-emulated          | gpu:0 1-29, host 1-29                    | G/30 layers on GPU (emulated), H host
            balanced-emulated      | gpu:0 10-20, gpu:1 10-20                 | 30/30 layers on GPU (emulated)
            balanced-low0-emulated | gpu:1 30                                 | 30/30 layers on GPU (emulated)
            sequential-emulated    | gpu:0 1-27, gpu:1 1-27, host 1-27, disk 1-27 | G/30 layers on GPU (emulated), H host, D disk
            custom-emulated        | gpu:0 20, gpu:1 8, host 2                | 28/30 layers on GPU (emulated), 2 host
            """)
    void serves(String sample, String places, String summary) throws Exception {
        String file = "../manifests/samples/" + sample + ".yaml";
        Kubectl.run(cluster, "apply", "-f", file);
        String name =
                Kubectl.run(cluster, "get", "-f", file, "-o", "name").strip().replaceFirst(".*/", "");
        cluster.awaitIs(name, ConditionType.Ready, ConditionStatus.True);
        cluster.awaitIs(name, ConditionType.PlacementSatisfied, ConditionStatus.True);
        ReplicaReport report = cluster.report(cluster.onlyPod(name));
        Map<String, Integer> layers = layers(report);
        assertPlaces(layers, places);
        int gpu = layers.getOrDefault("gpu:0", 0) + layers.getOrDefault("gpu:1", 0);
        assertThat(cluster.model(name).get().getStatus().summary().placement())
                .isEqualTo(summary.replace("G/", gpu + "/")
                        .replace("H host", layers.get("host") + " host")
                        .replace("D disk", layers.get("disk") + " disk"));
        assertModulesAreWhereThePlanSays(report);
        assertThat(Kubectl.run(cluster, "diff", "-f", file)).isEmpty();

        Goldens golden = Goldens.all().getFirst();
        assertThat(cluster.tokens(name, golden)).isEqualTo(golden.greedy());
        cluster.model(name).delete();
        await().atMost(Duration.ofMinutes(2)).until(() -> cluster.pods(name).isEmpty());
    }

    /** How many layers each device holds, where it holds any. */
    private static Map<String, Integer> layers(ReplicaReport report) {
        Map<String, Integer> layers = new TreeMap<>();
        for (DeviceReport device : report.devices()) {
            int held = (int) device.modules().stream()
                    .filter(module -> module.name().matches("model\\.layers\\.\\d+"))
                    .count();
            if (held > 0) {
                layers.put(device.name(), held);
            }
        }
        return layers;
    }

    private static void assertPlaces(Map<String, Integer> layers, String places) {
        List<String> devices = new ArrayList<>();
        for (String place : places.split(", ", -1)) {
            String device = place.substring(0, place.indexOf(' '));
            String[] bounds = place.substring(place.indexOf(' ') + 1).split("-", -1);
            devices.add(device);
            assertThat(layers.getOrDefault(device, 0))
                    .as(place + " of " + layers)
                    .isBetween(Integer.parseInt(bounds[0]), Integer.parseInt(bounds[bounds.length - 1]));
        }
        assertThat(layers.keySet()).containsExactlyInAnyOrderElementsOf(devices);
        assertThat(layers.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(30);
    }

    private static void assertModulesAreWhereThePlanSays(ReplicaReport report) {
        for (ReplicaReport.DevicePlanReport planned : report.plan().devices()) {
            List<String> held = report.devices().stream()
                    .filter(device -> device.name().equals(planned.name()))
                    .flatMap(device -> device.modules().stream())
                    .map(ModulePlacement::name)
                    .toList();
            assertThat(held).as(planned.name()).isEqualTo(planned.modules());
        }
    }
}
