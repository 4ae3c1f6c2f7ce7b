package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.server.lifecycle.Plans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code plimsoll plan}: what it prints and how it ends. */
class PlanCommandTest {
    private static final Path CHECKPOINT = Path.of("src/test/resources/checkpoints/llama-sharded");

    @TempDir
    Path folder;

    static Stream<JsonNode> goldens() throws IOException {
        JsonNode goldens = new ObjectMapper()
                .readTree(Path.of("src/test/resources/goldens/placement.json").toFile());
        return goldens.path("cases")
                .valueStream()
                .filter(node -> node.path("model").asText().equals("llama-tiny-tied"))
                .map(node -> ((ObjectNode) node)
                        .set(
                                "config",
                                goldens.path("models").path("llama-tiny-tied").path("config")));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("goldens")
    void maxMemoryGivesTheDeviceMapOfTransformers(JsonNode golden) throws IOException {
        Files.writeString(folder.resolve("config.json"), golden.path("config").toString());
        List<String> limits = new ArrayList<>();
        golden.path("maxMemory").forEachEntry((device, bytes) -> limits.add(device(device) + "=" + bytes.asLong()));
        Map<String, String> expected = new LinkedHashMap<>();
        golden.path("deviceMap").forEachEntry((module, device) -> expected.put(module, device(device.asText())));

        Invocation plan = Invocation.of(
                "plan",
                "--model",
                folder,
                "--dtype",
                golden.path("dtype").asText(),
                "--policy",
                golden.path("policy").asText(),
                "--max-memory",
                String.join(",", limits),
                "--output",
                "json");

        assertThat(plan.code()).as(plan.out() + plan.err()).isZero();
        assertThat(plan.json().path("fits").asBoolean()).isTrue();
        assertThat(map(plan.json().path("deviceMap"))).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void jsonTellsTheWeightsOfEachDevice() {
        JsonNode plan = Invocation.of(
                        "plan",
                        "--model",
                        CHECKPOINT,
                        "--dtype",
                        "Float16",
                        "--policy",
                        "Sequential",
                        "--max-memory",
                        "gpu:0=200000,gpu:1=90000,host=1000000",
                        "--output",
                        "json")
                .json();

        long weights = 0;
        List<String> names = new ArrayList<>();
        for (JsonNode device : plan.path("devices")) {
            names.add(device.path("name").asText());
            weights += device.path("weights").asLong();
            assertThat(device.path("weights").asLong())
                    .isLessThanOrEqualTo(device.path("maxMemory").asLong());
        }
        assertThat(names).containsExactly("gpu:0", "gpu:1", "host");
        assertThat(weights).isEqualTo(2 * plan.path("model").path("parameters").asLong());
        assertThat(plan.path("modules").findValuesAsText("name"))
                .containsExactly(
                        "model.embed_tokens",
                        "model.layers.0",
                        "model.layers.1",
                        "model.layers.2",
                        "model.norm",
                        "lm_head");
    }

    @Test
    void tableShowsBarsModulesAndWhySomethingIsOnNoGpu() {
        Invocation plan = Invocation.of(
                "plan",
                "--model",
                CHECKPOINT,
                "--dtype",
                "Float16",
                "--policy",
                "Sequential",
                "--max-memory",
                "gpu:0=300000,host=1000000");

        assertThat(plan.code()).isZero();
        assertThat(plan.out())
                .startsWith("LlamaForCausalLM, 0.17 M parameters, 3 layers, BFloat16 -> Float16 (Sequential)")
                .containsPattern("gpu:0 {3}#+\\.+ {2}[0-9]+Ki of 293Ki of weights")
                .contains("model.embed_tokens, model.layers.0-1\n")
                .containsPattern("host {4}#+\\.+ {2}")
                .contains("model.layers.2, model.norm, lm_head on host, run by gpu:0: ");
        assertThat(plan.out()).matches("\\p{ASCII}*");
    }

    @Test
    void budgetsOfTheSpecAreFlags() {
        JsonNode plan = Invocation.of(
                        "plan",
                        "--model",
                        CHECKPOINT,
                        "--gpus",
                        "2",
                        "--memory-gpu",
                        besideContext(7),
                        "--per-gpu",
                        "0=" + besideContext(6),
                        "--memory-host",
                        "1Gi",
                        "--output",
                        "json")
                .json();

        assertThat(plan.path("devices").findValues("budget").stream().map(JsonNode::asLong))
                .containsExactly(Plans.CUDA_CONTEXT_BYTES + (6L << 20), Plans.CUDA_CONTEXT_BYTES + (7L << 20));
        assertThat(plan.path("host").path("budget").asLong()).isEqualTo(1L << 30);
    }

    @Test
    void customMapsByTheLongestName() {
        JsonNode plan = Invocation.of(
                        "plan",
                        "--model",
                        CHECKPOINT,
                        "--policy",
                        "Custom",
                        "--map",
                        "=host,model.layers=gpu:0,model.layers.2=host",
                        "--output",
                        "json")
                .json();

        assertThat(plan.path("modules").findValuesAsText("device"))
                .containsExactly("host", "gpu:0", "gpu:0", "host", "host", "host");
    }

    @Test
    void whatNothingLimitsHasNoBudget() {
        JsonNode plan =
                Invocation.of("plan", "--model", CHECKPOINT, "--output", "json").json();

        assertThat(plan.path("fits").asBoolean()).isTrue();
        assertThat(plan.path("devices").path(0).has("budget")).isFalse();
        assertThat(plan.path("devices").path(0).has("maxMemory")).isFalse();
    }

    @Test
    void refusalTellsTheDeficitAndWhatWouldFit() {
        Invocation refused = Invocation.of("plan", "--model", CHECKPOINT, "--memory-gpu", besideContext(1));

        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.out())
                .contains("over the line")
                .contains("gpu:0 needs " + besideContext(3) + " and may use " + besideContext(1))
                .contains("Would fit: memory.gpu")
                .containsPattern("As flags: --memory-gpu [0-9]+Mi \\| --max-sequence-tokens [0-9]+ \\|");
    }

    @Test
    void refusalIsJsonToo() {
        Invocation refused = Invocation.of("plan", "--model", CHECKPOINT, "--memory-gpu", "1Mi", "--output", "json");

        assertThat(refused.code()).isEqualTo(3);
        JsonNode json = refused.json();
        assertThat(json.path("fits").asBoolean()).isFalse();
        assertThat(json.path("failure").path("reason").asText()).isEqualTo("GpuBudgetTooSmall");
        assertThat(json.path("failure").path("deficits").path(0).path("budget").asLong())
                .isEqualTo(1L << 20);
        assertThat(json.path("failure").path("wouldFit")).isNotEmpty();
    }

    @Test
    void suggestionsAreTrue() {
        JsonNode refused = Invocation.of("plan", "--model", CHECKPOINT, "--memory-gpu", "1Mi", "--output", "json")
                .json();
        for (JsonNode change : refused.path("failure").path("wouldFit")) {
            String flags = PlanTable.asFlags(change.asText()).replaceFirst(" \\(.*\\)", "");
            String budget = flags.contains("--memory-gpu") ? "" : " --memory-gpu 1Mi";
            Invocation tried =
                    Invocation.of((Object[]) ("plan --model " + CHECKPOINT + " " + flags + budget).split(" "));
            assertThat(tried.code()).as("%s: %s", flags, tried).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"dtype, float16, Float16", "torch_dtype, bfloat16, BFloat16", "architectures, x, Float32"})
    void configAloneSuffices(String key, String value, String dtype) throws IOException {
        ObjectNode config = config();
        config.remove(List.of("dtype", "torch_dtype"));
        config.put(key, value);
        Files.writeString(folder.resolve("config.json"), config.toString());

        Invocation table = Invocation.of("plan", "--model", folder);
        JsonNode json =
                Invocation.of("plan", "--model", folder, "--output", "json").json();

        assertThat(table.code()).isZero();
        assertThat(table.out()).contains("No safetensors here: planned from config.json alone.");
        assertThat(json.path("model").path("fromHeaders").asBoolean()).isFalse();
        assertThat(json.path("model").path("dtype").asText()).isEqualTo(dtype);
    }

    @Test
    void planFromConfigAloneIsThePlanFromHeaders() throws IOException {
        Files.copy(CHECKPOINT.resolve("config.json"), folder.resolve("config.json"));

        JsonNode alone =
                Invocation.of("plan", "--model", folder, "--output", "json").json();
        JsonNode whole =
                Invocation.of("plan", "--model", CHECKPOINT, "--output", "json").json();

        assertThat(alone.path("devices")).isEqualTo(whole.path("devices"));
        assertThat(alone.path("host")).isEqualTo(whole.path("host"));
        assertThat(alone.path("model").path("dtype"))
                .isEqualTo(whole.path("model").path("dtype"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--gpus 1                                                | --model DIR is needed",
                "--model . --policy Custom                               | --policy Custom needs --map",
                "--model . --map =host                                   | --map needs --policy Custom",
                "--model . --policy Custom --map lm_head=cuda            | 'cuda' is no device",
                "--model . --policy Custom --map lm_head                 | write NAME=VALUE",
                "--model . --offload Disk                                | --offload needs --policy Auto",
                "--model . --memory-gpu 8Gx                              | 8Gx is no size",
                "--model . --memory-host 0                               | must be more than 0",
                "--model . --per-gpu x=6Gi                               | 'x' is no index of a GPU",
                "--model . --max-memory gpu:0=1Gi                        | --max-memory needs --policy Sequential",
                "--model . --policy Balanced --max-memory gpu:1=1Gi      | leaves out gpu:0",
                "--model . --policy Balanced --max-memory gpu:0          | write NAME=VALUE",
                "--model . --policy Balanced --max-memory gpu:0=1Gi,disk=9Gi | the disk holds whatever is left",
                "--model . --per-gpu 0=6Gi,gpu:0=7Gi                     | --per-gpu names GPU 0 twice",
                "--model . --policy Custom --map a=host,a=gpu:0          | --map names 'a' twice",
                "--model . --policy Fast                                 | Invalid value for option '--policy'",
                "--model . --speed 3                                     | Unknown option",
                "--model . --gpus -1                                     | --gpus must be at least 0",
                "--model . --max-sequences 0                             | --max-sequences must be at least 1",
                "-f missing.yaml                                         | cannot read missing.yaml",
            })
    void wrongCommandLinesSayWhatIsWrong(String arguments, String message) {
        Invocation wrong = Invocation.of((Object[]) ("plan " + arguments).split(" +"));

        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains(message).contains("See: plimsoll plan --help");
        assertThat(wrong.out()).isEmpty();
    }

    @Test
    void gpusOfAndLimitsMustBeAsMany() {
        Invocation perGpu = Invocation.of("plan", "--model", CHECKPOINT, "--per-gpu", "1=6Gi");
        Invocation gpus = Invocation.of(
                "plan", "--model", CHECKPOINT, "--policy", "Balanced", "--gpus", "2", "--max-memory", "gpu:0=1Gi");

        assertThat(perGpu.code()).isEqualTo(2);
        assertThat(perGpu.err()).contains("memory.perGpu limits gpu:1");
        assertThat(gpus.code()).isEqualTo(2);
        assertThat(gpus.err()).contains("--gpus is 2, --max-memory names 1 GPUs");
    }

    @Test
    void badCheckpointsHaveACodeOfTheirOwn() {
        Invocation missing = Invocation.of("plan", "--model", folder.resolve("nowhere"));
        Invocation empty = Invocation.of("plan", "--model", folder);

        assertThat(missing.code()).isEqualTo(4);
        assertThat(missing.err()).contains("does not exist");
        assertThat(empty.code()).isEqualTo(4);
        assertThat(empty.err()).contains("config.json: missing from " + folder);
        Invocation json = Invocation.of("plan", "--model", folder, "--output", "json");
        assertThat(json.code()).isEqualTo(4);
        assertThat(json.json().path("fits").asBoolean()).isFalse();
        assertThat(json.json().path("failure").path("reason").asText()).isEqualTo("InvalidCheckpoint");
    }

    @Test
    void pickleIsRefusedEvenForAPlan() throws IOException {
        Files.copy(CHECKPOINT.resolve("config.json"), folder.resolve("config.json"));
        Files.writeString(folder.resolve("pytorch_model.bin"), "");

        Invocation refused = Invocation.of("plan", "--model", folder);

        assertThat(refused.code()).isEqualTo(4);
        assertThat(refused.err()).contains("pickle files can run code");
    }

    @Test
    void resourceIsPlannedAsTheOperatorWouldRunIt() throws IOException {
        Path yaml = write("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: models}
                ---
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                metadata: {name: tiny}
                spec:
                  model: {uri: pvc://models/tiny, directReads: true}
                  dtype: Float32
                  placement: {policy: Auto, offload: [Host, Disk]}
                  memory: {gpu: 1Gi, perGpu: [{index: 1, limit: 900Mi}], host: 1Gi}
                  gpu: {count: 2}
                  serving: {maxSequences: 2, maxSequenceTokens: 128}
                """);

        JsonNode plan = Invocation.of("plan", "-f", yaml, "--model", CHECKPOINT, "--output", "json")
                .json();

        assertThat(plan.path("fits").asBoolean()).isTrue();
        assertThat(plan.path("policy").asText()).isEqualTo("Auto");
        assertThat(plan.path("model").path("dtype").asText()).isEqualTo("Float32");
        assertThat(plan.path("host").path("budget").asLong()).isEqualTo(1L << 30);
        assertThat(plan.path("devices").path(0).path("budget").asLong()).isEqualTo(1L << 30);
    }

    @Test
    void emulatedGpusOfAResourceAreHostMemory() throws IOException {
        Path yaml = write("""
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                metadata: {name: tiny}
                spec:
                  model: {uri: "file://%s"}
                  gpu: {resourceName: plimsoll.dev/emulated-gpu}
                """.formatted(CHECKPOINT.toAbsolutePath()));

        JsonNode plan = Invocation.of("plan", "-f", yaml, "--output", "json").json();

        assertThat(plan.path("host").path("emulated").asLong())
                .isEqualTo(plan.path("devices").path(0).path("total").asLong())
                .isPositive();
    }

    @Test
    void flagsWinOverTheResource() throws IOException {
        Path yaml = write("""
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                spec:
                  model: {uri: pvc://models/tiny}
                  memory: {gpu: 1Mi}
                """);

        assertThat(Invocation.of("plan", "-f", yaml, "--model", CHECKPOINT).code())
                .isEqualTo(3);
        assertThat(Invocation.of("plan", "-f", yaml, "--model", CHECKPOINT, "--memory-gpu", besideContext(8))
                        .code())
                .isZero();
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "kind: Pod                                                            | holds no ModelDeployment",
                "{kind: ModelDeployment, apiVersion: plimsoll.dev/v2}                 | apiVersion is 'plimsoll.dev/v2'",
                "{kind: ModelDeployment, apiVersion: plimsoll.dev/v1alpha1}           | spec.model.uri is missing",
                "{kind: ModelDeployment, apiVersion: plimsoll.dev/v1alpha1, spec: {model: {uri: 'pvc://a/b'}, dtyp: 1}}"
                        + " | spec.dtyp: Unrecognized field",
                "{kind: ModelDeployment, apiVersion: plimsoll.dev/v1alpha1, spec: {model: {uri: 'pvc://a/b'}, dtype: F8}}"
                        + " | does not know spec.dtype F8",
                "{kind: ModelDeployment, apiVersion: plimsoll.dev/v1alpha1, spec: {model: {uri: 's3://a/b'}}}"
                        + " | say with --model DIR",
                "{kind: ModelDeployment, kind: ModelDeployment}                       | Duplicate field 'kind'",
            })
    void wrongResourcesSayWhatIsWrong(String yaml, String message) throws IOException {
        Invocation wrong = Invocation.of("plan", "-f", write(yaml));

        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains(message);
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("modeldeployment.yaml"), yaml);
    }

    private static ObjectNode config() throws IOException {
        return (ObjectNode)
                new ObjectMapper().readTree(CHECKPOINT.resolve("config.json").toFile());
    }

    private static Map<String, String> map(JsonNode object) {
        Map<String, String> map = new LinkedHashMap<>();
        object.forEachEntry((key, value) -> map.put(key, value.asText()));
        return map;
    }

    private static String device(String golden) {
        return switch (golden) {
            case "cpu" -> "host";
            case "disk" -> "disk";
            default -> "gpu:" + golden;
        };
    }

    /** Room for {@code mebibytes} beside what a process takes on a GPU before its first tensor. */
    private static String besideContext(long mebibytes) {
        return (Plans.CUDA_CONTEXT_BYTES >> 20) + mebibytes + "Mi";
    }
}
