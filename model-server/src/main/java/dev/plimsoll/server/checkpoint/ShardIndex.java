package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.Printable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which shards a checkpoint has.
 *
 * @param shards file names
 * @param tensors the shard that the index names for each tensor; empty without an index. A claim: shards may hold more,
 *     or less
 */
record ShardIndex(SortedSet<String> shards, Map<String, String> tensors) {
    private static final String SINGLE = "model.safetensors";
    private static final String FILE = "model.safetensors.index.json";
    private static final int MAX_BYTES = 32 << 20;

    /**
     * Reads the index, or finds the only shard.
     *
     * @throws PlimsollException {@code ModelNotFound} when there is neither; {@code UnsafeFormat} when there are only
     *     pickle files
     */
    static ShardIndex read(CheckpointStore store, HeapBudget heap) {
        byte[] index = store.small(FILE, MAX_BYTES);
        if (index != null) {
            return parse(index, heap);
        }
        if (store.has(SINGLE)) {
            return new ShardIndex(new TreeSet<>(List.of(SINGLE)), Map.of());
        }
        throw missing(store);
    }

    /**
     * Whether there are safetensors.
     *
     * @throws PlimsollException {@code UnsafeFormat} when there are only pickle files
     */
    static boolean isThere(CheckpointStore store) {
        if (store.has(FILE) || store.has(SINGLE)) {
            return true;
        }
        PlimsollException missing = missing(store);
        if (!missing.failure().reason().equals(Reason.ModelNotFound)) {
            throw missing;
        }
        return false;
    }

    private static ShardIndex parse(byte[] index, HeapBudget heap) {
        TreeSet<String> shards = new TreeSet<>();
        Map<String, String> tensors = new HashMap<>();
        StrictJson.members(FILE, new ByteArrayInputStream(index), (name, json) -> {
            if (name.equals("weight_map") && json.currentToken() == JsonToken.START_OBJECT) {
                StrictJson.inside(json, (tensor, file) -> {
                    String shard = shard(tensor, file, shards);
                    heap.takeName(FILE, tensor);
                    tensors.put(tensor, shard);
                });
            } else {
                json.skipChildren();
            }
        });
        if (shards.isEmpty()) {
            throw InvalidCheckpoint.in(FILE, "has no weight_map from tensors to files");
        }
        return new ShardIndex(shards, tensors);
    }

    /** The shard's name, one text for all tensors that it holds. */
    private static String shard(String tensor, JsonParser json, TreeSet<String> shards) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw InvalidCheckpoint.in(
                    FILE, "maps tensor '" + Printable.of(tensor) + "' to " + json.currentToken() + ", not to a file");
        }
        String name = json.getText();
        String known = shards.floor(name);
        if (name.equals(known)) {
            return known;
        }
        if (!name.endsWith(".safetensors")) {
            throw pickle(name);
        }
        shards.add(name);
        return name;
    }

    private static PlimsollException missing(CheckpointStore store) {
        return store.list().stream()
                .filter(ShardIndex::isPickle)
                .findFirst()
                .map(ShardIndex::pickle)
                .orElseGet(() -> new PlimsollException(
                        Reason.ModelNotFound,
                        store.location() + " holds no " + SINGLE + " and no " + FILE
                                + ": check the path of model.uri and what the volume holds"));
    }

    private static boolean isPickle(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Stream.of(".bin", ".pt", ".pth", ".pkl", ".ckpt", ".pickle").anyMatch(lower::endsWith);
    }

    private static PlimsollException pickle(String file) {
        return new PlimsollException(
                Reason.UnsafeFormat,
                Printable.of(file) + " is not safetensors; pickle files can run code and are never read: convert the"
                        + " checkpoint with save_pretrained(..., safe_serialization=True)");
    }
}
