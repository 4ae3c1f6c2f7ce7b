package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of a checkpoint folder; none is followed out of it. */
final class CheckpointFolder {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final long MAX_JSON_BYTES = 64L << 20;

    private final Path folder;

    CheckpointFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new PlimsollException(
                    Reason.ModelNotFound,
                    Files.exists(folder)
                            ? folder + " is not a folder: name the folder that holds config.json and *.safetensors"
                            : folder + " does not exist: check the path of model.uri and what the volume holds");
        }
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** A JSON file of the checkpoint; null when there is none. */
    @Nullable
    JsonNode json(String name) {
        Path path = folder.resolve(name);
        if (!Files.exists(path)) {
            return null;
        }
        return StrictJson.object(name, ByteBuffer.wrap(bytes(name)));
    }

    /** Bytes of a small file. */
    byte[] bytes(String name) {
        Path path = inside(name);
        try {
            if (Files.size(path) > MAX_JSON_BYTES) {
                throw InvalidCheckpoint.in(name, "larger than " + MAX_JSON_BYTES + " bytes");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new PlimsollException(Reason.ReadFailed, "cannot read " + path + ": " + e, e);
        }
    }

    /**
     * Whether there are safetensors.
     *
     * @throws PlimsollException {@code UnsafeFormat} when there are only pickle files
     */
    boolean holdsWeights() {
        if (Files.exists(folder.resolve(INDEX)) || Files.exists(folder.resolve(SINGLE))) {
            return true;
        }
        PlimsollException missing = missingWeights();
        if (missing.failure().reason() != Reason.ModelNotFound) {
            throw missing;
        }
        return false;
    }

    /**
     * Shards by the tensors that the index says they hold.
     *
     * @return file name to tensor names; an empty list for a single file without an index
     */
    Map<String, List<String>> shards() {
        JsonNode index = json(INDEX);
        if (index != null) {
            return indexed(index);
        }
        if (Files.exists(folder.resolve(SINGLE))) {
            inside(SINGLE);
            return Map.of(SINGLE, List.of());
        }
        throw missingWeights();
    }

    private Map<String, List<String>> indexed(JsonNode index) {
        JsonNode weightMap = index.path("weight_map");
        if (!weightMap.isObject() || weightMap.isEmpty()) {
            throw InvalidCheckpoint.in(INDEX, "has no weight_map from tensors to files");
        }
        Map<String, List<String>> shards = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
            if (!entry.getValue().isTextual()) {
                throw InvalidCheckpoint.in(INDEX, "maps tensor '" + entry.getKey() + "' to " + entry.getValue());
            }
            shards.computeIfAbsent(entry.getValue().textValue(), file -> new ArrayList<>())
                    .add(entry.getKey());
        }
        shards.keySet().forEach(this::shard);
        return shards;
    }

    private void shard(String file) {
        if (!file.endsWith(".safetensors")) {
            throw pickle(file);
        }
        inside(file);
    }

    /** The path of a file, proven to lie in the folder. */
    private Path inside(String name) {
        Path path;
        try {
            path = folder.resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw InvalidCheckpoint.in(name, "not a file name", e);
        }
        if (!path.startsWith(folder) || Path.of(name).isAbsolute()) {
            throw outside(name);
        }
        if (!Files.isRegularFile(path)) {
            throw InvalidCheckpoint.in(name, "the shard is missing from " + folder);
        }
        return path;
    }

    private static PlimsollException outside(String name) {
        return new PlimsollException(
                Reason.InvalidCheckpoint,
                INDEX + " points to '" + name + "', outside its folder: no file outside is ever read; use an index that"
                        + " names files beside it");
    }

    private PlimsollException missingWeights() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(CheckpointFolder::isPickle)
                    .sorted()
                    .findFirst()
                    .map(CheckpointFolder::pickle)
                    .orElseGet(() -> new PlimsollException(
                            Reason.ModelNotFound,
                            folder + " holds no " + SINGLE + " and no " + INDEX
                                    + ": check the path of model.uri and what the volume holds"));
        } catch (IOException e) {
            return new PlimsollException(Reason.ReadFailed, "cannot list " + folder + ": " + e, e);
        }
    }

    private static boolean isPickle(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Stream.of(".bin", ".pt", ".pth", ".pkl", ".ckpt", ".pickle").anyMatch(lower::endsWith);
    }

    private static PlimsollException pickle(String file) {
        return new PlimsollException(
                Reason.UnsafeFormat,
                file + " is not safetensors; pickle files can run code and are never read: convert the checkpoint with"
                        + " save_pretrained(..., safe_serialization=True)");
    }
}
