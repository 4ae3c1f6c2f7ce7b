package dev.plimsoll.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer that cannot be used leaves a reason, also where its file makes the library abort the process. */
class AbortingTokenizerTest {
    private static final Path CHECKPOINT = Path.of("src/test/resources/checkpoints/llama-sharded");
    private static final int ABORTED = 128 + 6;

    @TempDir
    Path folder;

    @Test
    void theReasonIsLeftBeforeItIsOpened() throws Exception {
        Path message = folder.resolve("termination-log");
        assertThat(serve(model("""
                {"version": "1.0", "added_tokens": [],
                 "normalizer": {"type": "Precompiled", "precompiled_charsmap": "AA=="},
                 "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}
                """), message)).isEqualTo(ABORTED);
        Failure left = new ObjectMapper().readValue(message.toFile(), Failure.class);
        assertThat(left.reason()).isEqualTo(Reason.InvalidCheckpoint);
        assertThat(left.message()).startsWith("tokenizer.json: the library that reads it ended the process");
    }

    /** It is read while the model loads, and still says why it ends the server. */
    @Test
    void oneThatCannotBeReadIsToldInItsOwnWords() throws Exception {
        Path message = folder.resolve("termination-log");
        assertThat(serve(model("{\"model\": {\"type\": \"BPE\"}"), message))
                .isEqualTo(ExitCode.of(Reason.InvalidCheckpoint).code());
        Failure left = new ObjectMapper().readValue(message.toFile(), Failure.class);
        assertThat(left.reason()).isEqualTo(Reason.InvalidCheckpoint);
        assertThat(left.message()).startsWith("tokenizer.json cannot be used: ");
    }

    private Path model(String tokenizer) throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        try (Stream<Path> files = Files.list(CHECKPOINT)) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Files.writeString(model.resolve("tokenizer.json"), tokenizer);
        return model;
    }

    private int serve(Path model, Path message) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-CreateCoredumpOnCrash",
                        "--enable-native-access=ALL-UNNAMED",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        PlimsollCommand.class.getName(),
                        "serve",
                        "--model",
                        model.toString(),
                        "--policy",
                        "HostOnly",
                        "--memory-host",
                        "2Gi")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("PLIMSOLL_TERMINATION_LOG", message.toString());
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
