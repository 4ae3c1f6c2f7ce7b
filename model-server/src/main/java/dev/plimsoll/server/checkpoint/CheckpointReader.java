package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens a folder in Hugging Face layout: {@code config.json}, optionally {@code generation_config.json}, and either
 * {@code model.safetensors} or an index with its shards. Reads headers only, no weight byte.
 */
public final class CheckpointReader {
    private static final String CONFIG = "config.json";

    /** As a tree it takes up to 30 times as much of the heap. */
    private static final int MAX_CONFIG_BYTES = 1 << 20;

    private CheckpointReader() {}

    /**
     * Opens a checkpoint; the caller closes its source.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code ModelNotFound}, {@code UnsafeFormat}, {@code ReadFailed} or
     *     {@code InvalidCheckpoint}, naming the file
     */
    public static Checkpoint open(Path path) {
        return open(path, Reads.CACHED);
    }

    /**
     * As {@link #open(Path)}.
     *
     * @param reads how weights are read
     */
    public static Checkpoint open(Path path, Reads reads) {
        CheckpointStore store = CheckpointStore.local(path);
        HeapBudget heap = new HeapBudget(HeapBudget.HEADER_BYTES);
        ShardIndex index = ShardIndex.read(store, heap);
        byte[] config = configBytes(store);
        JsonNode generationConfig = json(store, GenerationDefaults.FILE);
        List<SentenceModule> modules = SentenceModule.read(store);
        TensorSource source = store.open(index.shards(), reads);
        try {
            MessageDigest digest = sha256();
            digest.update(config);
            StoredTensors tensors = new StoredTensors(index);
            for (String shard : index.shards()) {
                digest.update(shard.getBytes(StandardCharsets.UTF_8));
                tensors.add(SafetensorsHeader.read(source, shard, heap, digest));
            }
            return new Checkpoint(
                    source,
                    StrictJson.object(CONFIG, config),
                    generationConfig,
                    modules,
                    tensors.byName(),
                    tensors.flaws(),
                    "sha256:" + HexFormat.of().formatHex(digest.digest()));
        } catch (Throwable e) {
            source.close();
            throw e;
        }
    }

    /**
     * Whether a folder holds safetensors beside its config.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code ModelNotFound}, {@code UnsafeFormat} or {@code ReadFailed}
     */
    public static boolean holdsWeights(Path path) {
        return ShardIndex.isThere(CheckpointStore.local(path));
    }

    /**
     * The {@code config.json} of a folder, whether it holds weights or not.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code ModelNotFound}, {@code ReadFailed} or
     *     {@code InvalidCheckpoint}
     */
    public static JsonNode config(Path path) {
        return StrictJson.object(CONFIG, configBytes(CheckpointStore.local(path)));
    }

    private static byte[] configBytes(CheckpointStore store) {
        byte[] config = store.small(CONFIG, MAX_CONFIG_BYTES);
        if (config == null) {
            throw InvalidCheckpoint.in(CONFIG, "missing from " + store.location());
        }
        return config;
    }

    private static @Nullable JsonNode json(CheckpointStore store, String file) {
        byte[] bytes = store.small(file, MAX_CONFIG_BYTES);
        return bytes == null ? null : StrictJson.object(file, bytes);
    }

    /**
     * The tensors of one safetensors file, in the order of their bytes.
     *
     * @throws dev.plimsoll.server.PlimsollException as {@link #open}
     */
    public static List<StoredTensor> openFile(Path file) {
        Path absolute = file.toAbsolutePath();
        String name = String.valueOf(absolute.getFileName());
        try (LocalTensorSource source =
                new LocalTensorSource(absolute.resolveSibling("."), List.of(name), Reads.CACHED)) {
            return SafetensorsHeader.read(source, name, new HeapBudget(HeapBudget.HEADER_BYTES), sha256());
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
