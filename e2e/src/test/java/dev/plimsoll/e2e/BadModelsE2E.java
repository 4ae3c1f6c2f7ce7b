package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is wrong with a checkpoint ends in a condition that names it and says what to do. */
class BadModelsE2E {
    private static final Path TINY = Path.of("../model-server/src/test/resources/checkpoints/llama-sharded");
    private static final Path BAD = Cluster.MODELS.resolve("e2e-bad");
    private static final String FIRST_SHARD = "model-00001-of-00007.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private record Expected(String uri, Reason reason, String words) {}

    @Test
    void eachIsToldByName() throws IOException {
        Map<String, Expected> cases = new LinkedHashMap<>();
        delete(BAD);
        try (Cluster cluster = new Cluster("e2e-bad-models")) {
            Path corrupt = copy("corrupt-header");
            byte[] shard = Files.readAllBytes(corrupt.resolve(FIRST_SHARD));
            shard[9] = 'x';
            Files.write(corrupt.resolve(FIRST_SHARD), shard);
            cases.put("corrupt-header", bad("corrupt-header", Reason.InvalidCheckpoint, FIRST_SHARD));

            Path truncated = copy("truncated-shard");
            byte[] whole = Files.readAllBytes(truncated.resolve(FIRST_SHARD));
            Files.write(truncated.resolve(FIRST_SHARD), Arrays.copyOf(whole, whole.length - 100));
            cases.put("truncated-shard", bad("truncated-shard", Reason.InvalidCheckpoint, "100 are missing"));

            Files.delete(copy("missing-shard").resolve(FIRST_SHARD));
            cases.put(
                    "missing-shard",
                    bad("missing-shard", Reason.InvalidCheckpoint, FIRST_SHARD + ": the shard is missing"));

            replace(copy("outside").resolve(INDEX), FIRST_SHARD, "../secret.safetensors");
            cases.put("outside", bad("outside", Reason.InvalidCheckpoint, "outside its folder"));

            Path pickle = copy("pickle");
            try (Stream<Path> files = Files.list(pickle)) {
                for (Path file : files.filter(file -> file.toString().contains("safetensors"))
                        .toList()) {
                    Files.delete(file);
                }
            }
            Files.writeString(pickle.resolve("pytorch_model.bin"), "not read");
            cases.put("pickle", bad("pickle", Reason.UnsafeFormat, "safe_serialization=True"));

            replace(copy("unknown-type").resolve("config.json"), "\"llama\"", "\"mamba9\"");
            cases.put(
                    "unknown-type",
                    bad("unknown-type", Reason.UnsupportedModel, "implemented: bert, gemma2, gpt2, llama"));

            cases.put("no-folder", bad("no-such-folder", Reason.ModelNotFound, "does not exist"));
            cases.put(
                    "no-claim", new Expected("pvc://nowhere/x", Reason.ClaimNotFound, "PersistentVolumeClaim nowhere"));
            cases.put("node-folder", new Expected("file:///etc", Reason.SourceNotAllowed, "the only folder"));

            cases.forEach((name, expected) -> cluster.apply(name, """
                    model: {uri: "%s"}
                    placement: {policy: HostOnly}
                    memory: {host: 1Gi}
                    serving: {maxSequences: 1}
                    """.formatted(expected.uri())));
            cases.forEach((name, expected) -> {
                Condition loaded =
                        cluster.awaitIs(name, ConditionType.ModelLoaded, ConditionStatus.False, expected.reason());
                assertThat(loaded.message()).as(name).contains(expected.words());
                Condition ready = cluster.awaitIs(name, ConditionType.Ready, ConditionStatus.False, expected.reason());
                assertThat(ready.message()).isEqualTo(loaded.message());
            });
        } finally {
            delete(BAD);
        }
    }

    private static Expected bad(String folder, Reason reason, String words) {
        return new Expected("pvc://models/e2e-bad/" + folder, reason, words);
    }

    private static Path copy(String name) throws IOException {
        Path folder = BAD.resolve(name);
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(TINY)) {
            for (Path file : files.toList()) {
                Path copy = Files.copy(file, folder.resolve(file.getFileName()));
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
            }
        }
        return folder;
    }

    private static void replace(Path file, String from, String to) throws IOException {
        Files.writeString(file, Files.readString(file).replace(from, to));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
