package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.ModulePlacement;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            auto-emulated         | \\d+/30 layers on GPU \\(emulated\\), \\d+ host
            balanced-emulated     | \\d+/30 layers on GPU \\(emulated\\).*
            balanced-low0-emulated| \\d+/30 layers on GPU \\(emulated\\).*
            sequential-emulated   | \\d+/30 layers on GPU \\(emulated\\), \\d+ host, \\d+ disk
            custom-emulated       | \\d+/30 layers on GPU \\(emulated\\), \\d+ host.*
            """)
    void serves(String sample, String placement) throws Exception {
        String name = cluster.apply(Path.of("../manifests/samples/" + sample + ".yaml"));
        cluster.awaitIs(name, ConditionType.Ready, ConditionStatus.True);
        cluster.awaitIs(name, ConditionType.PlacementSatisfied, ConditionStatus.True);
        ModelDeploymentStatus status = cluster.model(name).get().getStatus();
        assertThat(status.summary().placement()).matches(placement);
        assertModulesAreWhereThePlanSays(cluster.report(cluster.onlyPod(name)));

        Goldens golden = Goldens.all().getFirst();
        assertThat(cluster.tokens(name, golden)).isEqualTo(golden.greedy());
        cluster.model(name).delete();
        await().atMost(Duration.ofMinutes(2)).until(() -> cluster.pods(name).isEmpty());
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
        assertThat(report.devices().stream().map(DeviceReport::kind)).contains(DeviceReport.Kind.Emulated);
    }
}
