package dev.plimsoll.operator.judgement;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.Kind;
import dev.plimsoll.api.report.DeviceReport.ModulePlacement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each policy against where modules are. */
class PlacementSatisfiedTest {
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
                        "False: model.layers.3 is on disk in pod p1, the policy is " + policy + " with offload [Host]");
        assertThat(say("{policy: " + policy + ", offload: [Disk]}", GPU, HOST))
                .isEqualTo(
                        "False: model.layers.2 is on host in pod p1, the policy is " + policy + " with offload [Disk]");
        assertThat(say("{policy: " + policy + ", offload: []}", GPU, HOST))
                .isEqualTo("False: model.layers.2 is on host in pod p1, the policy is " + policy + " with offload []");
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
                .isEqualTo("False: model.layers.1 is on gpu:1 in pod p1, placement.map says gpu:0 for model.layers.1");
        assertThat(say(MAP, GPU, on("host", Kind.Host, "model.norm")))
                .isEqualTo("False: model.norm is on host in pod p1, placement.map says gpu:0");
        assertThat(say("{policy: Custom, map: [{module: model.layers, device: \"gpu:0\"}]}", GPU))
                .isEqualTo("False: model.embed_tokens is on gpu:0 in pod p1, no line of placement.map names it");
    }

    /** Whichever line comes first. */
    @Test
    void theLongestPrefixWins() {
        String longFirst = "{module: model.layers.2, device: host}, {module: model.layers, device: \"gpu:1\"},"
                + " {module: \"\", device: \"gpu:0\"}";
        String shortFirst = "{module: \"\", device: \"gpu:0\"}, {module: model.layers, device: \"gpu:1\"},"
                + " {module: model.layers.2, device: host}";
        DeviceReport embedding = on("gpu:0", Kind.Emulated, "model.embed_tokens");
        for (String lines : List.of(longFirst, shortFirst)) {
            String map = "{policy: Custom, map: [" + lines + "]}";
            assertThat(say(map, embedding, GPU_1, HOST)).startsWith("True");
            assertThat(say(map, GPU))
                    .isEqualTo(
                            "False: model.layers.0 is on gpu:0 in pod p1, placement.map says gpu:1 for model.layers");
        }
    }

    @Test
    void aNameMatchesWholeSegments() {
        DeviceReport twelve = on("gpu:0", Kind.Emulated, "model.layers.12", "model.layers.1.mlp");
        assertThat(say(MAP, twelve))
                .isEqualTo("False: model.layers.1.mlp is on gpu:0 in pod p1, placement.map says gpu:1 for"
                        + " model.layers.1");
    }

    /** It has no bytes of its own to be in the wrong place; what it is tied to has. */
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
                        new ModulePlacement("model.embed_tokens", 1, null),
                        new ModulePlacement("lm_head", 0, "model.embed_tokens")));
        assertThat(say(MAP, tied)).startsWith("True");
        assertThat(say("policy: HostOnly", tied)).startsWith("False: model.embed_tokens");
        assertThat(say(MAP, GPU, on("gpu:0", Kind.Emulated, "lm_head"))).startsWith("False: lm_head is on gpu:0");
    }

    @Test
    void whatIsIsWhatWasPlanned() {
        List<DeviceReport> devices = List.of(GPU, HOST);
        assertThat(say("policy: Auto", "Serving", devices, planned("gpu:0", GPU, "host", HOST)))
                .startsWith("True");
        assertThat(say("policy: Auto", "Serving", devices, planned("host", GPU, "gpu:0", HOST)))
                .isEqualTo("False: model.embed_tokens is on gpu:0 in pod p1, the plan says host");
        String whole = planned("gpu:0", GPU, "host", HOST);
        assertThat(say("policy: Auto", "Serving", List.of(GPU), whole))
                .isEqualTo("False: model.layers.2 is on no device in pod p1, the plan says host");
        assertThat(say("policy: Auto", "Loading", List.of(GPU), whole))
                .as("a load that runs has not placed everything yet")
                .isEqualTo("Unknown: 0 of 1 replicas have reported where their modules are");
        assertThat(say("policy: GpuOnly", "Loading", devices, whole))
                .as("what is in the wrong place already")
                .startsWith("False: model.layers.2 is on host");
    }

    /** One that is misplaced is enough, whichever it is. */
    @Test
    void everyReplicaCounts() {
        Scene scene = Scene.parse("""
                model: {spec: {replicas: 2, placement: {policy: GpuOnly}}}
                pods:
                - metadata: {name: p1, uid: u1}
                - metadata: {name: p2, uid: u2}
                reports:
                  u1: {plan: null, devices: %s}
                  u2: {plan: null, devices: %s}
                """.formatted(json(List.of(GPU)), json(List.of(GPU, HOST))));
        assertThat(words(PlacementSatisfied.of(new Facts(scene.evidence()))))
                .isEqualTo("False: model.layers.2 is on host in pod p2, the policy is GpuOnly");
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

    @Test
    void namesFoldIntoRanges() {
        List<String> names = List.of("wte", "h.0", "x.h.0", "x.h.1", "x.h.3", "ln_f");
        assertThat(Layers.fold(names, 9)).containsExactly("wte", "h.0", "x.h.0-1", "x.h.3", "ln_f");
        assertThat(Layers.fold(names, 2)).containsExactly("wte", "h.0", "and 3 more");
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
                        .map(module -> new ModulePlacement(module, 1, null))
                        .toList());
    }

    private static String planned(String first, DeviceReport ofFirst, String second, DeviceReport ofSecond) {
        return "{devices: [" + planned(first, ofFirst) + ", " + planned(second, ofSecond) + "]}";
    }

    private static String planned(String name, DeviceReport device) {
        return "{name: \"" + name
                + "\", budget: 1, weights: 1, kvCache: 0, workspace: 0, context: 0, total: 1, modules: "
                + device.modules().stream().map(ModulePlacement::name).collect(Collectors.joining(", ", "[", "]"))
                + "}";
    }

    private static String say(String placement, DeviceReport... devices) {
        return say(placement, "Serving", List.of(devices), "null");
    }

    private static String say(String placement, String phase, List<DeviceReport> devices, String plan) {
        Scene scene = Scene.parse("""
                model:
                  spec:
                    placement:
                %s
                pods: [{}]
                reports: {u1: {phase: %s, plan: %s, devices: %s}}
                """.formatted(placement.indent(6), phase, plan, json(devices)));
        return words(PlacementSatisfied.of(new Facts(scene.evidence())));
    }

    private static String words(Finding finding) {
        return finding.status() + ": " + finding.message();
    }

    private static String json(List<DeviceReport> devices) {
        try {
            return Scene.JSON.writeValueAsString(devices);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
