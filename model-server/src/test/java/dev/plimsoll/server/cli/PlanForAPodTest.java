package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Failure.Deficit;
import dev.plimsoll.api.report.PlanningReport;
import dev.plimsoll.api.report.ReplicaReport.DevicePlanReport;
import dev.plimsoll.api.report.ReplicaReport.ModelReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plimsoll plan --report}, as a planning pod runs it: what it leaves in its termination message. */
@SuppressWarnings("NullAway")
class PlanForAPodTest {
    private static final Path CHECKPOINT =
            Path.of("src/test/resources/checkpoints/llama-sharded").toAbsolutePath();
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private record Ended(int code, PlanningReport left) {}

    /** A process of its own, with the environment that the operator gives it, and as little heap as the image. */
    private Ended run(Map<String, String> environment, String... arguments) throws Exception {
        Path message = Files.createFile(folder.resolve("termination-log"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx160m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                PlimsollCommand.class.getName(),
                "plan",
                "--report"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("PLIMSOLL_TERMINATION_LOG", message.toString());
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        byte[] left = Files.readAllBytes(message);
        Files.delete(message);
        return new Ended(code, left.length == 0 ? null : JSON.readValue(left, PlanningReport.class));
    }

    private Map<String, String> environment(String gpu) {
        return Map.of(
                "PLIMSOLL_SPEC", """
                        {"model": {"uri": "pvc://models/x"}, "dtype": "Float16", "memory": {"gpu": "%s", "host": "1Gi"},
                         "serving": {"maxSequences": 2, "maxSequenceTokens": 64}, "of the next version": {"x": 1}}
                        """.formatted(gpu),
                "PLIMSOLL_MODEL_DIR", CHECKPOINT.toString(),
                "PLIMSOLL_SERVED_NAME", "m");
    }

    @Test
    void aPlanThatFitsIsLeftWithTheDigestOfTheHeaders() throws Exception {
        Ended plan = run(environment("2Gi"), "--gpu-memory", "80Gi");

        assertThat(plan.code()).isZero();
        assertThat(plan.left().failure()).isNull();
        assertThat(plan.left().model().revision()).startsWith("sha256:");
        assertThat(plan.left().model().dtype()).isEqualTo(Dtype.Float16);
        assertThat(plan.left().model().servedName()).isEqualTo("m");
        assertThat(plan.left().plan().maxSequences()).isEqualTo(2);
        assertThat(plan.left().plan().devices())
                .filteredOn(device -> device.name().equals("gpu:0"))
                .singleElement()
                .satisfies(gpu -> {
                    assertThat(gpu.budget()).isEqualTo(2L << 30);
                    assertThat(gpu.total()).isBetween(1L, gpu.budget());
                });
    }

    @Test
    void gpusThatAreTooSmallAreAsGoodAsABudgetThatIs() throws Exception {
        Ended plan = run(environment("2Gi"), "--gpu-memory", "512Mi");

        assertThat(plan.code()).isEqualTo(ExitCode.REFUSED.code());
        assertThat(plan.left().plan()).isNull();
        assertThat(plan.left().model().architecture()).isEqualTo("LlamaForCausalLM");
        assertThat(plan.left().failure().reason()).isEqualTo(Reason.GpuBudgetTooSmall);
        assertThat(plan.left().failure().message()).contains("gpu:0 needs", "Would fit:");
    }

    @Test
    void emulatedGpusAreAsLargeAsThePodsWouldBe() throws Exception {
        Map<String, String> emulated = new java.util.HashMap<>(environment("2Gi"));
        emulated.put("PLIMSOLL_DEVICES", "emulated:1x64Mi");
        assertThat(run(emulated).left().plan().devices().getFirst().budget()).isEqualTo(64L << 20);
    }

    @Test
    void aCheckpointThatIsNotThereIsAFailureOfThePlan() throws Exception {
        Map<String, String> elsewhere = new java.util.HashMap<>(environment("2Gi"));
        elsewhere.put("PLIMSOLL_MODEL_DIR", folder.resolve("nowhere").toString());
        Ended plan = run(elsewhere);

        assertThat(plan.code()).isEqualTo(ExitCode.BAD_CHECKPOINT.code());
        assertThat(plan.left().failure().reason()).isEqualTo(Reason.ModelNotFound);
    }

    /** A pod plans what a server would: weights are needed, though people may plan from config.json alone. */
    @Test
    void aFolderWithoutWeightsIsRefused() throws Exception {
        Files.copy(CHECKPOINT.resolve("config.json"), folder.resolve("config.json"));
        Map<String, String> bare = new java.util.HashMap<>(environment("2Gi"));
        bare.put("PLIMSOLL_MODEL_DIR", folder.toString());
        assertThat(run(bare).left().failure()).isNotNull();
    }

    @Test
    void sizesMustBeOneOrOneForEachGpu() {
        Invocation wrong =
                Invocation.of("plan", "--model", CHECKPOINT, "--gpus", "3", "--gpu-memory", "80Gi,24Gi", "--report");
        assertThat(wrong.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(wrong.err()).contains("--gpu-memory names 2 sizes for 3 GPUs");
    }

    /** Whatever is to be told, what is left is JSON that Kubernetes keeps, and says whether the plan fits. */
    @Test
    void anyReportIsLeftWhole() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            PlanningReport report = report(random);
            byte[] bytes = TerminationMessage.bounded(report);
            assertThat(bytes.length).as("seed %d", seed).isLessThanOrEqualTo(PlanningReport.MOST_BYTES);
            PlanningReport left = JSON.readValue(bytes, PlanningReport.class);
            assertThat(left.plan() == null).isEqualTo(report.plan() == null);
            assertThat(left.failure() == null).isEqualTo(report.failure() == null);
            if (JSON.writeValueAsBytes(report).length <= PlanningReport.MOST_BYTES) {
                assertThat(left).as("seed %d", seed).isEqualTo(report);
            }
            if (left.failure() != null) {
                assertThat(left.failure().reason()).isEqualTo(report.failure().reason());
                assertThat(left.failure().message()).isNotEmpty();
            }
        }
    }

    private static PlanningReport report(Random random) {
        ModelReport model = random.nextBoolean()
                ? new ModelReport(
                        "A".repeat(random.nextInt(5000)),
                        random.nextLong(),
                        random.nextInt(),
                        random.nextLong(),
                        Dtype.BFloat16,
                        Dtype.Float16,
                        "sha256:" + "0".repeat(64),
                        "m".repeat(1 + random.nextInt(256)))
                : null;
        if (random.nextBoolean()) {
            Failure failure = new Failure(
                    Reason.GpuBudgetTooSmall,
                    "gpu:0 needs é🚢\"".repeat(1 + random.nextInt(400)),
                    Collections.nCopies(
                            random.nextInt(17), new Deficit("gpu:0", random.nextLong(), 1, 2, 3, 4, random.nextLong())),
                    Collections.nCopies(random.nextInt(200), "memory.gpu 8Gi"));
            return PlanningReport.refused(model, failure);
        }
        List<DevicePlanReport> devices = IntStream.range(0, random.nextInt(40))
                .mapToObj(i -> new DevicePlanReport("gpu:" + i, random.nextLong(), 1, 2, 3, 4, random.nextLong()))
                .collect(Collectors.toList());
        return new PlanningReport(model, new PlanReport(devices, random.nextLong(), 8, 4096), null);
    }
}
