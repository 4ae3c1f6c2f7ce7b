package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint's headers: everything there is to know without reading a weight byte.
 *
 * @param config {@code config.json}
 * @param generationConfig {@code generation_config.json}; null when the checkpoint has none
 * @param tensors by name
 * @param revision digest of config and headers, {@code sha256:...}: the same bytes of headers give the same digest
 */
public record Checkpoint(
        TensorSource source,
        JsonNode config,
        @Nullable JsonNode generationConfig,
        SortedMap<String, StoredTensor> tensors,
        String revision)
        implements AutoCloseable {
    private static final String END_IDS = "eos_token_id";

    /** Bytes of all tensors as stored. */
    public long bytes() {
        return tensors.values().stream().mapToLong(StoredTensor::bytes).sum();
    }

    /** Tokens that end a text: those of its generation config, else of its config. */
    public Set<Integer> endIds() {
        JsonNode from = generationConfig != null && generationConfig.has(END_IDS) ? generationConfig : config;
        JsonNode ids = from.path(END_IDS);
        Set<Integer> result = new HashSet<>();
        (ids.isArray() ? ids : List.of(ids)).forEach(id -> {
            if (id.isInt()) {
                result.add(id.intValue());
            }
        });
        return result;
    }

    @Override
    public void close() {
        source.close();
    }
}
