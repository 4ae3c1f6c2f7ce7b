package dev.plimsoll.server.lifecycle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.architecture.Architecture;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.architecture.Parameter;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import dev.plimsoll.server.checkpoint.StoredDtype;
import dev.plimsoll.server.checkpoint.StoredTensor;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a plan needs to know of a model.
 *
 * @param stored the element type of the checkpoint: what most of its bytes have, or what its config says
 * @param fromHeaders whether safetensors headers were read and hold what the config asks for
 */
public record ModelFacts(Architecture architecture, Dtype stored, boolean fromHeaders) {
    /**
     * Reads a folder: headers when it holds safetensors, else {@code config.json} alone.
     *
     * @throws PlimsollException when the checkpoint cannot be used
     */
    public static ModelFacts read(Path folder) {
        if (!CheckpointReader.holdsWeights(folder)) {
            return of(CheckpointReader.config(folder));
        }
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            return of(checkpoint);
        }
    }

    static ModelFacts of(Checkpoint checkpoint) {
        return new ModelFacts(ModelFamilies.describe(checkpoint), stored(checkpoint), true);
    }

    static ModelFacts of(JsonNode config) {
        return new ModelFacts(ModelFamilies.describe(config), declared(config), false);
    }

    /** Elements of all parameters; tied ones count once. */
    public long parameters() {
        return architecture
                .root()
                .allParameters()
                .filter(parameter -> !parameter.buffer() && parameter.tiedTo() == null)
                .map(Parameter::shape)
                .mapToLong(shape -> shape.elements())
                .sum();
    }

    /** The type that most of the checkpoint's bytes have; float64 is served as float32. */
    static Dtype stored(Checkpoint checkpoint) {
        Map<StoredDtype, Long> bytes = checkpoint.tensors().values().stream()
                .collect(Collectors.groupingBy(StoredTensor::dtype, Collectors.summingLong(StoredTensor::bytes)));
        StoredDtype most = bytes.entrySet().stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse(StoredDtype.F32);
        return switch (most) {
            case F16 -> Dtype.Float16;
            case BF16 -> Dtype.BFloat16;
            default -> Dtype.Float32;
        };
    }

    /** {@code dtype}, or {@code torch_dtype} as it was called before; float32 when the config says nothing. */
    private static Dtype declared(JsonNode config) {
        String name = config.path("dtype").asText(config.path("torch_dtype").asText("float32"));
        return switch (name) {
            case "float16" -> Dtype.Float16;
            case "bfloat16" -> Dtype.BFloat16;
            case "float32", "float64" -> Dtype.Float32;
            default ->
                throw new PlimsollException(
                        Reason.UnsupportedConfig,
                        "config.json: dtype " + name
                                + " is not implemented: use a checkpoint in float32, float16 or bfloat16");
        };
    }
}
