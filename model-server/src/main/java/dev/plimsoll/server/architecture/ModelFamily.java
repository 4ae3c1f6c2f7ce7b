package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** One family of models: a class, a TorchScript source, a tiny checkpoint. */
public interface ModelFamily {
    /** Values of {@code model_type} that it implements. */
    Set<String> modelTypes();

    /** What names of parameters begin with, or lack, depending on the class that a checkpoint was saved from. */
    default String prefix() {
        return "model.";
    }

    /**
     * Reads a config.
     *
     * @throws dev.plimsoll.server.PlimsollException {@code UnsupportedConfig} naming the first setting that changes the
     *     result and is not implemented; {@code InvalidCheckpoint} when a needed setting is missing or absurd
     */
    Architecture describe(JsonNode config);
}
