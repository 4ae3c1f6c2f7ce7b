package dev.plimsoll.server.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the steps that sentence-transformers takes from a text to its vector, as {@code modules.json} lists them.
 *
 * @param type class name without its package, such as {@code Pooling}
 * @param file where its own settings are, such as {@code 1_Pooling/config.json}, for messages
 * @param settings of the module; null when it has none
 * @see <a href="https://sbert.net/docs/package_reference/sentence_transformer/models.html">the modules</a>
 */
public record SentenceModule(
        String type, String file, @Nullable JsonNode settings) {
    public static final String LIST = "modules.json";

    private static final int MAX_BYTES = 1 << 16;
    private static final int MAX_MODULES = 64;

    /** Those of a checkpoint, in order; empty when it has no such list. */
    static List<SentenceModule> read(CheckpointStore store) {
        byte[] list = store.small(LIST, MAX_BYTES);
        if (list == null) {
            return List.of();
        }
        List<SentenceModule> modules = new ArrayList<>();
        for (JsonNode entry : StrictJson.array(LIST, list)) {
            JsonNode type = entry.path("type");
            JsonNode path = entry.path("path");
            if (!type.isTextual() || !path.isTextual() || modules.size() == MAX_MODULES) {
                throw InvalidCheckpoint.in(LIST, "must list at most " + MAX_MODULES + " modules with type and path");
            }
            modules.add(of(store, type.textValue(), path.textValue()));
        }
        return modules;
    }

    private static SentenceModule of(CheckpointStore store, String type, String path) {
        String name = type.substring(type.lastIndexOf('.') + 1);
        String file = path.isEmpty() ? "config.json" : path + "/config.json";
        byte[] settings = path.isEmpty() ? null : store.small(file, MAX_BYTES);
        return new SentenceModule(name, file, settings == null ? null : StrictJson.object(file, settings));
    }
}
