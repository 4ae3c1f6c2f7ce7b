package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code plimsoll plan}: what it says of command lines and checkpoints that are wrong, and its exit codes. */
class PlanMistakesTest {
    private static final Path CHECKPOINT = Path.of("src/test/resources/checkpoints/llama-sharded");

    @TempDir
    Path folder;

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
}
