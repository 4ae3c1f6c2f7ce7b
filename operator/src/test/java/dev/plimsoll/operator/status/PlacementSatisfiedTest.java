package dev.plimsoll.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.Kind;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.report.ReplicaReport.DevicePlanReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.operator.observe.Replica;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each policy against where modules are. */
class PlacementSatisfiedTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final DeviceReport GPU = on("gpu:0", Kind.Emulated, "model.embed_tokens", "model.layers.0");
    private static final DeviceReport GPU_1 = on("gpu:1", Kind.Emulated, "model.layers.1");
    private static final DeviceReport HOST = on("host", Kind.Host, "model.layers.2");
    private static final DeviceReport DISK = on("disk", Kind.Disk, "model.layers.3", "lm_head");
    private static final String MAP = """
            policy: Custom
            map:
            - {module: "", device: "gpu:0"}
            - {module: model.layers.1, device: "gpu:1"}
            - {module: model.layers.2, device: host}
            - {module: model.layers.3, device: disk}
            - {module: lm_head, device: disk}
            """;

    @ParameterizedTest
    @ValueSource(strings = {"Auto", "Balanced", "BalancedLow0", "Sequential"})
    void whatMayOverflowGoesWhereItMay(String policy) {
        assertThat(say("policy: " + policy, GPU, GPU_1, HOST))
                .isEqualTo("True: " + policy + ": 2/3 layers on GPU (emulated), 1 host");
        assertThat(say("{policy: " + policy + ", offload: [Host, Disk]}", GPU, GPU_1, HOST, DISK))
                .isEqualTo("True: " + policy + ": 2/4 layers on GPU (emulated), 1 host, 1 disk");
        assertThat(say("policy: " + policy, GPU, DISK))
                .isEqualTo(
                        "False: model.layers.3 is on disk in pod p, the policy is " + policy + " with offload [Host]");
        assertThat(say("{policy: " + policy + ", offload: [Disk]}", GPU, HOST))
                .isEqualTo(
                        "False: model.layers.2 is on host in pod p, the policy is " + policy + " with offload [Disk]");
        assertThat(say("{policy: " + policy + ", offload: []}", GPU, HOST))
                .isEqualTo("False: model.layers.2 is on host in pod p, the policy is " + policy + " with offload []");
    }

    @Test
    void gpuOnlyAndHostOnlyAllowNothingElse() {
        assertThat(say("policy: GpuOnly", GPU, GPU_1)).startsWith("True: GpuOnly: 2/2 layers on GPU");
        assertThat(say("policy: GpuOnly", GPU, HOST)).startsWith("False: model.layers.2 is on host");
        assertThat(say("policy: GpuOnly", GPU, DISK)).startsWith("False: model.layers.3 is on disk");
        assertThat(say("policy: HostOnly", HOST)).isEqualTo("True: HostOnly: 1/1 layers on host");
        assertThat(say("policy: HostOnly", HOST, GPU)).startsWith("False: model.embed_tokens is on gpu:0");
        assertThat(say("policy: HostOnly", HOST, DISK)).startsWith("False: model.layers.3 is on disk");
    }

    @Test
    void aMapIsTakenAtItsWord() {
        assertThat(say(MAP, GPU, GPU_1, HOST, DISK))
                .isEqualTo("True: Custom: 2/4 layers on GPU (emulated), 1 host, 1 disk");
        assertThat(say(MAP.replace("layers.1, device: \"gpu:1\"", "layers.1, device: \"gpu:0\""), GPU, GPU_1, HOST))
                .isEqualTo("False: model.layers.1 is on gpu:1 in pod p, placement.map says gpu:0 for model.layers.1");
        assertThat(say(MAP, GPU, on("host", Kind.Host, "model.norm")))
                .isEqualTo("False: model.norm is on host in pod p, placement.map says gpu:0");
        assertThat(say("{policy: Custom, map: [{module: model.layers, device: \"gpu:0\"}]}", GPU))
                .isEqualTo("False: model.embed_tokens is on gpu:0 in pod p, no line of placement.map names it");
    }

    @Test
    void aNameMatchesWholeSegments() {
        DeviceReport twelve = on("gpu:0", Kind.Emulated, "model.layers.12", "model.layers.1.mlp");
        assertThat(say(MAP, twelve))
                .isEqualTo("False: model.layers.1.mlp is on gpu:0 in pod p, placement.map says gpu:1 for"
                        + " model.layers.1");
    }

    @Test
    void aTiedModuleGoesAlongAndAddsNothing() {
        DeviceReport tied = new DeviceReport(
                "gpu:0",
                Kind.Emulated,
                null,
                null,
                null,
                null,
                List.of(
                        new DeviceReport.ModulePlacement("model.embed_tokens", 1, null),
                        new DeviceReport.ModulePlacement("lm_head", 0, "model.embed_tokens")));
        assertThat(say(MAP, tied)).startsWith("True");
        assertThat(say("policy: HostOnly", tied)).startsWith("False: model.embed_tokens");
    }

    @Test
    void whatIsIsWhatWasPlanned() {
        ReplicaReport report = report(Phase.Serving, List.of(GPU, HOST), plan("gpu:0", GPU, "host", HOST));
        assertThat(say("policy: Auto", Phase.Serving, report)).startsWith("True");
        ReplicaReport swapped = report(Phase.Serving, List.of(GPU, HOST), plan("host", GPU, "gpu:0", HOST));
        assertThat(say("policy: Auto", Phase.Serving, swapped))
                .isEqualTo("False: model.embed_tokens is on gpu:0 in pod p, the plan says host");
        ReplicaReport less = report(Phase.Serving, List.of(GPU), plan("gpu:0", GPU, "host", HOST));
        assertThat(say("policy: Auto", Phase.Serving, less))
                .isEqualTo("False: model.layers.2 is on no device in pod p, the plan says host");
        assertThat(say("policy: Auto", Phase.Loading, less))
                .as("a load that runs has not placed everything yet")
                .startsWith("True");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GPU            | 1/1 layers on GPU (emulated)                 ",
                "HOST           | 1/1 layers on host                           ",
                "GPU,HOST       | 1/2 layers on GPU (emulated), 1 host         ",
                "GPU,HOST,DISK  | 1/3 layers on GPU (emulated), 1 host, 1 disk ",
                "GPU,DISK       | 1/2 layers on GPU (emulated), 1 disk         ",
                "HOST,DISK      | 0/2 layers on GPU, 1 host, 1 disk            "
            })
    void layersAreCountedByTier(String names, String words) {
        List<DeviceReport> devices = Arrays.stream(names.split(","))
                .map(name -> switch (name) {
                    case "GPU" -> GPU;
                    case "HOST" -> HOST;
                    default -> DISK;
                })
                .toList();
        assertThat(Layers.describe(devices, false)).isEqualTo(words);
        assertThat(Layers.describe(devices, true)).isEqualTo(words + " (loading)");
    }

    @Test
    void aRealGpuIsNotCalledEmulated() {
        assertThat(Layers.describe(List.of(on("gpu:0", Kind.Cuda, "h.0", "transformer.h.1")), false))
                .isEqualTo("1/1 layers on GPU");
    }

    private static DeviceReport on(String device, Kind kind, String... modules) {
        return new DeviceReport(
                device,
                kind,
                null,
                null,
                null,
                null,
                Arrays.stream(modules)
                        .map(module -> new DeviceReport.ModulePlacement(module, 1, null))
                        .toList());
    }

    private static PlanReport plan(String first, DeviceReport ofFirst, String second, DeviceReport ofSecond) {
        return new PlanReport(List.of(planned(first, ofFirst), planned(second, ofSecond)), 0, 1, 1);
    }

    private static DevicePlanReport planned(String name, DeviceReport modules) {
        return new DevicePlanReport(
                name,
                1,
                1,
                0,
                0,
                0,
                1,
                modules.modules().stream()
                        .map(DeviceReport.ModulePlacement::name)
                        .toList());
    }

    private static ReplicaReport report(Phase phase, List<DeviceReport> devices, @Nullable PlanReport plan) {
        return new ReplicaReport("u", phase, NOW, NOW, null, plan, devices, null, null, null);
    }

    private static String say(String placement, DeviceReport... devices) {
        return say(placement, Phase.Serving, report(Phase.Serving, List.of(devices), null));
    }

    private static String say(String placement, Phase phase, ReplicaReport report) {
        ModelDeployment model = Serialization.unmarshal("""
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                metadata: {name: x}
                spec:
                  model: {uri: "pvc://x"}
                  placement:
                """ + placement.indent(4), ModelDeployment.class);
        Replica replica = new Replica("p", "u", "n", true, true, NOW, 0, phase, report, null, null);
        Finding finding = PlacementSatisfied.of(
                new Observation(model.getSpec(), 1, "", "", null, List.of(replica), 0, null, NOW));
        return (finding.status() == ConditionStatus.True ? "True: " : "False: ") + finding.message();
    }
}
