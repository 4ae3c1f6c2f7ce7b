package dev.plimsoll.server.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files of a folder are read, how much of them, and how far their links lead. */
class CheckpointFolderTest {
    private static final String TEMPLATE = "chat_template.jinja";
    private static final String SHARD = "model.safetensors";

    @TempDir
    Path parent;

    private Path folder;
    private Path secret;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(parent.resolve("model"));
        secret = Files.writeString(parent.resolve("secret"), "token");
    }

    @Test
    void aSmallFileIsReadUpToItsBound() throws IOException {
        Files.writeString(folder.resolve(TEMPLATE), "12345");
        CheckpointStore store = CheckpointStore.local(folder);
        assertThat(store.small(TEMPLATE, 5)).asString(StandardCharsets.UTF_8).isEqualTo("12345");
        assertThat(store.small("tokenizer.json", 5)).isNull();
        refused(() -> store.small(TEMPLATE, 4), TEMPLATE + ": larger than the 4 bytes that it may have");
    }

    @Test
    void aFileWithoutAnEndIsReadUpToItsBound() throws IOException {
        Files.createSymbolicLink(folder.resolve(TEMPLATE), Path.of("/dev/zero"));
        CheckpointStore anywhere = CheckpointFolder.open(folder, "/");
        refused(() -> anywhere.small(TEMPLATE, 1 << 20), "not a regular file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "a/../../secret", "/etc/passwd", ".", "", "a\0b"})
    void aNameDoesNotLeadOutOfTheFolder(String name) {
        CheckpointStore store = CheckpointStore.local(folder);
        refused(() -> store.small(name, 100), "");
        refused(() -> store.open(List.of(name), Reads.CACHED), "");
    }

    @Test
    void theTextOfALinkedFileDoesNotLeaveThroughATemplate() throws IOException {
        Files.createSymbolicLink(folder.resolve(TEMPLATE), secret);
        refused(
                () -> CheckpointStore.local(folder).small(TEMPLATE, 100),
                "chat_template.jinja: a link to " + secret.toRealPath() + ", outside " + folder.toRealPath(),
                "PLIMSOLL_MODEL_ROOT");
    }

    @Test
    void aFolderOfALinkIsALinkToo() throws IOException {
        Files.createSymbolicLink(folder.resolve("sub"), parent);
        refused(() -> CheckpointStore.local(folder).small("sub/secret", 100), "outside " + folder.toRealPath());
    }

    @Test
    void linksLeadAsFarAsTheDeclaredRoot() throws IOException {
        Files.createSymbolicLink(folder.resolve(TEMPLATE), secret);
        assertThat(CheckpointFolder.open(folder, parent.toString()).small(TEMPLATE, 100))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("token");
    }

    @Test
    void snapshotsOfAHuggingFaceCacheAreLinksIntoItsBlobs() throws IOException {
        Path model = parent.resolve("hub/models--org--name");
        Path snapshot = Files.createDirectories(model.resolve("snapshots/3f2a91c"));
        Path blob = Files.createDirectories(model.resolve("blobs")).resolve("0a1b2c");
        Files.writeString(blob, "{}");
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/0a1b2c"));
        Files.createSymbolicLink(snapshot.resolve(TEMPLATE), secret);
        Path current = Files.createSymbolicLink(parent.resolve("current"), snapshot);
        for (Path folderOrLink : List.of(snapshot, current)) {
            CheckpointStore store = CheckpointStore.local(folderOrLink);
            assertThat(store.small("config.json", 100)).hasSize(2);
            refused(() -> store.small(TEMPLATE, 100), "outside " + model.toRealPath());
        }
    }

    @Test
    void aShardMayBeLinkedFromAnywhere() throws IOException {
        Path shard = parent.resolve("shard");
        Shard.of("a", 4).writeInto(shard);
        Files.createSymbolicLink(folder.resolve(SHARD), shard);
        try (TensorSource source = CheckpointStore.local(folder).open(List.of(SHARD), Reads.CACHED)) {
            source.read(SHARD, 0, ByteBuffer.allocate(8));
        }
        Files.delete(shard);
        refused(
                () -> CheckpointStore.local(folder).open(List.of(SHARD), Reads.CACHED),
                SHARD + ": the shard is missing from");
    }

    private static void refused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PlimsollException.class, refused -> {
            assertThat(refused.failure().reason()).isEqualTo(Reason.InvalidCheckpoint);
            assertThat(refused.getMessage()).contains(words);
        });
    }
}
