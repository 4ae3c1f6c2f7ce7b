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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code plimsoll plan}: what it prints and how it ends. */
class PlanCommandTest {
    private static final Path CHECKPOINT = Path.of("src/test/resources/checkpoints/llama-sharded");

    @TempDir
    Path folder;

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

    private static ObjectNode config() throws IOException {
        return (ObjectNode)
                new ObjectMapper().readTree(CHECKPOINT.resolve("config.json").toFile());
    }

    /** Room for {@code mebibytes} beside what a process takes on a GPU before its first tensor. */
    private static String besideContext(long mebibytes) {
        return (Plans.CUDA_CONTEXT_BYTES >> 20) + mebibytes + "Mi";
    }
}
