package dev.plimsoll.server.checkpoint;

import dev.plimsoll.server.Printable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tensors of all shards, gathered in the order of the shards' names. What index and shards disagree on is noted, and
 * refused where a model needs it: an index may be older than its shards and name what nobody needs.
 */
final class StoredTensors {
    private final Map<String, String> indexed;
    private final TreeMap<String, StoredTensor> byName = new TreeMap<>();
    private final Map<String, String> flaws = new HashMap<>();

    StoredTensors(ShardIndex index) {
        this.indexed = index.tensors();
    }

    void add(List<StoredTensor> shard) {
        for (StoredTensor tensor : shard) {
            StoredTensor earlier = byName.put(tensor.name(), tensor);
            if (earlier != null && !isAlike(earlier, tensor)) {
                flaws.put(
                        tensor.name(),
                        "is held by " + earlier.file() + " as " + earlier.dtype() + earlier.shape() + " and by "
                                + tensor.file() + " as " + tensor.dtype() + tensor.shape());
            }
        }
    }

    private static boolean isAlike(StoredTensor one, StoredTensor other) {
        return one.dtype() == other.dtype() && one.shape().equals(other.shape());
    }

    SortedMap<String, StoredTensor> byName() {
        return byName;
    }

    Map<String, String> flaws() {
        indexed.forEach((name, file) -> {
            if (!byName.containsKey(name)) {
                flaws.put(name, "is in " + Printable.of(file) + " by the index, and not there");
            }
        });
        return flaws;
    }
}
