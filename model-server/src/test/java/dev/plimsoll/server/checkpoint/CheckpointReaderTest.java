package dev.plimsoll.server.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a folder must be, and what is said when it is not. */
class CheckpointReaderTest {
    private static final Path SHARDED = Path.of("src/test/resources/checkpoints/llama-sharded");
    private static final String SHARD = "model-00002-of-00007.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    Path folder;

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.list(SHARDED)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void shardsMakeOneCheckpoint() {
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            assertThat(checkpoint.bytes()).isEqualTo(342_080);
            assertThat(checkpoint.source().files()).hasSize(7);
            assertThat(checkpoint.revision()).matches("sha256:[0-9a-f]{64}");
        }
    }

    @Test
    void aTruncatedShardIsNamedWithWhatIsMissing() throws IOException {
        byte[] whole = Files.readAllBytes(folder.resolve(SHARD));
        Files.write(folder.resolve(SHARD), Arrays.copyOf(whole, whole.length - 7));
        refused(Reason.InvalidCheckpoint, SHARD, "7 are missing");
    }

    @Test
    void aMissingShardIsNamed() throws IOException {
        Files.delete(folder.resolve(SHARD));
        refused(Reason.InvalidCheckpoint, SHARD, "the shard is missing");
    }

    @Test
    void anIndexMayNotPointOutside() throws IOException {
        edit(INDEX, SHARD, "../" + SHARD);
        refused(Reason.InvalidCheckpoint, "outside its folder");
        edit(INDEX, "../" + SHARD, "/etc/" + SHARD);
        refused(Reason.InvalidCheckpoint, "outside its folder");
    }

    @Test
    void whatTheIndexNamesAndNoShardHoldsIsNoted() throws IOException {
        edit(INDEX, "\"lm_head.weight\"", "\"mtp.0.head.weight\"");
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            assertThat(checkpoint.flaws()).containsOnlyKeys("mtp.0.head.weight");
            assertThat(checkpoint.flaws().get("mtp.0.head.weight")).endsWith("by the index, and not there");
            assertThat(checkpoint.tensors()).containsKey("lm_head.weight");
        }
    }

    @Test
    void whatAShardHoldsIsTakenThoughTheIndexDoesNotNameIt() throws IOException {
        forget("model.norm.weight");
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            assertThat(checkpoint.tensors()).containsKey("model.norm.weight");
            assertThat(checkpoint.flaws()).isEmpty();
        }
    }

    @Test
    void ofATensorThatTwoShardsHoldTheLastIsTaken() throws IOException {
        twice(new long[] {4}, new long[] {4});
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            assertThat(checkpoint.tensors().get("twice"))
                    .extracting(StoredTensor::file)
                    .isEqualTo("b.safetensors");
            assertThat(checkpoint.flaws()).containsOnlyKeys("other");
        }
        twice(new long[] {4}, new long[] {2, 2});
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            assertThat(checkpoint.flaws())
                    .containsEntry("twice", "is held by a.safetensors as F32[4] and by b.safetensors as F32[2, 2]");
        }
    }

    private void twice(long[] first, long[] second) throws IOException {
        Shard.of("twice", first).writeInto(folder.resolve("a.safetensors"));
        Shard.of("twice", second).writeInto(folder.resolve("b.safetensors"));
        Files.writeString(
                folder.resolve(INDEX),
                "{\"weight_map\": {\"twice\": \"a.safetensors\", \"other\": \"b.safetensors\"}}");
    }

    @Test
    void anIndexNeedsAMap() throws IOException {
        Files.writeString(folder.resolve(INDEX), "{\"weight_map\": {}}");
        refused(Reason.InvalidCheckpoint, INDEX, "has no weight_map");
    }

    @Test
    void anIndexMayNotNamePickle() throws IOException {
        edit(INDEX, SHARD, "pytorch_model.bin");
        refused(Reason.UnsafeFormat, "pytorch_model.bin", "safe_serialization=True");
    }

    @Test
    void pickleAloneIsRefused() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().contains("safetensors"))
                    .toList()) {
                Files.delete(file);
            }
        }
        refused(Reason.ModelNotFound, "holds no model.safetensors");
        Files.writeString(folder.resolve("pytorch_model.bin"), "x");
        refused(Reason.UnsafeFormat, "pickle files can run code");
    }

    @Test
    void aConfigMustBeThereAndJson() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"a\":1,\"a\":2}");
        refused(Reason.InvalidCheckpoint, "config.json", "Duplicate");
        Files.writeString(folder.resolve("config.json"), "hidden_size: 64");
        refused(Reason.InvalidCheckpoint, "config.json", "not valid JSON");
        Files.writeString(folder.resolve("config.json"), "[]");
        refused(Reason.InvalidCheckpoint, "config.json", "not a JSON object");
        Files.delete(folder.resolve("config.json"));
        refused(Reason.InvalidCheckpoint, "config.json", "missing");
    }

    @Test
    void aFolderMustExist() {
        assertThatThrownBy(() -> CheckpointReader.open(folder.resolve("nowhere")))
                .isInstanceOfSatisfying(
                        PlimsollException.class,
                        refused -> assertThat(refused.failure().reason()).isEqualTo(Reason.ModelNotFound));
    }

    @Test
    void aFileIsNoFolder() {
        assertThatThrownBy(() -> CheckpointReader.open(folder.resolve(SHARD)))
                .isInstanceOf(PlimsollException.class)
                .hasMessageContaining("is not a folder");
    }

    @Test
    void theWorkingFolderCanBeNamedByADot() {
        assertThat(CheckpointStore.local(Path.of(".")).small("pom.xml", 1 << 20))
                .isNotEmpty();
    }

    @Test
    void aFileThatIsReplacedWhileItIsReadStopsTheRead() throws IOException {
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            Path copy = Files.copy(folder.resolve(SHARD), folder.resolve("copy"), StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(copy, folder.resolve(SHARD), StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(() -> checkpoint.source().read(SHARD, 0, ByteBuffer.allocate(8)))
                    .isInstanceOfSatisfying(
                            PlimsollException.class,
                            refused -> assertThat(refused.failure().reason()).isEqualTo(Reason.ReadFailed));
        }
    }

    @Test
    void aFileThatChangesWhileItIsReadStopsTheRead() throws IOException {
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            byte[] whole = Files.readAllBytes(folder.resolve(SHARD));
            Files.write(folder.resolve(SHARD), Arrays.copyOf(whole, whole.length - 1));
            assertThatThrownBy(() -> checkpoint.source().read(SHARD, 0, ByteBuffer.allocate(8)))
                    .isInstanceOfSatisfying(PlimsollException.class, refused -> {
                        assertThat(refused.failure().reason()).isEqualTo(Reason.ReadFailed);
                        assertThat(refused).hasMessageContaining("changed while it was read");
                    });
        }
    }

    private void refused(Reason reason, String... words) {
        assertThatThrownBy(() -> CheckpointReader.open(folder).close())
                .isInstanceOfSatisfying(PlimsollException.class, refused -> {
                    assertThat(refused.failure().reason()).isEqualTo(reason);
                    assertThat(refused.getMessage()).contains(words);
                });
    }

    private void forget(String tensor) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode index = (ObjectNode) mapper.readTree(SHARDED.resolve(INDEX).toFile());
        ((ObjectNode) index.path("weight_map")).remove(tensor);
        mapper.writeValue(folder.resolve(INDEX).toFile(), index);
    }

    private void edit(String file, String from, String to) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(from);
        Files.writeString(folder.resolve(file), text.replace(from, to));
    }
}
