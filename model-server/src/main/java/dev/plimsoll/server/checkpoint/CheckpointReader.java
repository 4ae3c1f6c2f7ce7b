package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Opens a folder in Hugging Face layout: {@code config.json}, optionally {@code generation_config.json}, and either
 * {@code model.safetensors} or an index with its shards. Reads headers only, no weight byte.
 */
public final class CheckpointReader {
    private static final String CONFIG = "config.json";

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
        CheckpointFolder folder = new CheckpointFolder(path);
        Map<String, List<String>> shards = folder.shards();
        JsonNode config = config(folder, path);
        JsonNode generationConfig = folder.json("generation_config.json");
        LocalTensorSource source = new LocalTensorSource(path, shards.keySet(), reads);
        try {
            MessageDigest digest = sha256();
            digest.update(folder.bytes(CONFIG));
            TreeMap<String, StoredTensor> tensors = new TreeMap<>();
            shards.forEach((file, names) -> {
                SafetensorsHeader header = SafetensorsHeader.read(source, file);
                digest.update(file.getBytes(StandardCharsets.UTF_8));
                digest.update(header.json().duplicate());
                checkIndexed(file, header, names);
                header.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
            });
            String revision = "sha256:" + HexFormat.of().formatHex(digest.digest());
            return new Checkpoint(source, config, generationConfig, tensors, revision);
        } catch (RuntimeException e) {
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
        return new CheckpointFolder(path).holdsWeights();
    }

    /**
     * The {@code config.json} of a folder, whether it holds weights or not.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code ModelNotFound}, {@code ReadFailed} or
     *     {@code InvalidCheckpoint}
     */
    public static JsonNode config(Path path) {
        return config(new CheckpointFolder(path), path);
    }

    private static JsonNode config(CheckpointFolder folder, Path path) {
        JsonNode config = folder.json(CONFIG);
        if (config == null) {
            throw InvalidCheckpoint.in(CONFIG, "missing from " + path);
        }
        return config;
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
            return SafetensorsHeader.read(source, name).tensors();
        }
    }

    private static void checkIndexed(String file, SafetensorsHeader header, List<String> indexed) {
        if (indexed.isEmpty()) {
            return;
        }
        Set<String> held = new HashSet<>();
        header.tensors().forEach(tensor -> held.add(tensor.name()));
        for (String name : indexed) {
            if (!held.remove(name)) {
                throw InvalidCheckpoint.in(file, "does not hold tensor '" + name + "', which the index says it does");
            }
        }
        if (!held.isEmpty()) {
            throw InvalidCheckpoint.in(
                    file, "holds tensor '" + held.iterator().next() + "', which the index does not name");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
