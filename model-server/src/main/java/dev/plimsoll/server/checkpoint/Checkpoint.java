package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint's headers: everything there is to know without reading a weight byte.
 *
 * @param config {@code config.json}
 * @param generationConfig {@code generation_config.json}; null when the checkpoint has none
 * @param modules what makes vectors of its hidden states; empty when it does not say
 * @param tensors by name; of one that several shards hold, the last shard's, as transformers takes it
 * @param flaws by tensor, what is wrong with it: of concern only when a model needs that tensor
 * @param revision digest of config and headers, {@code sha256:...}: the same bytes of headers give the same digest
 */
public record Checkpoint(
        TensorSource source,
        JsonNode config,
        @Nullable JsonNode generationConfig,
        List<SentenceModule> modules,
        SortedMap<String, StoredTensor> tensors,
        Map<String, String> flaws,
        String revision)
        implements AutoCloseable {
    /** Bytes of all tensors as stored. */
    public long bytes() {
        return tensors.values().stream().mapToLong(StoredTensor::bytes).sum();
    }

    /**
     * What its text is generated with when a request says nothing.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code InvalidCheckpoint} naming a value that cannot be sampled with
     */
    public GenerationDefaults generationDefaults() {
        return GenerationDefaults.of(generationConfig, config);
    }

    @Override
    public void close() {
        source.close();
    }
}
