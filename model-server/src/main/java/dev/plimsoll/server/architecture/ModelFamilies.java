package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.checkpoint.StoredTensor;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The families that are implemented. */
public final class ModelFamilies {
    private static final List<ModelFamily> FAMILIES = List.of(
            new LlamaFamily(),
            new MistralFamily(),
            new QwenFamily(),
            new Phi3Family(),
            new Gpt2Family(),
            new Gemma2Family(),
            new Qwen3MoeFamily(),
            new BertFamily());

    /** A thousand times as many as the largest models have. */
    private static final long MAX_ELEMENTS = 1L << 47;

    private ModelFamilies() {}

    /**
     * What a checkpoint is, with every tensor that the architecture needs there and of the right shape.
     *
     * @throws PlimsollException {@code UnsupportedModel}, {@code UnsupportedConfig} or {@code InvalidCheckpoint}
     */
    public static Architecture describe(Checkpoint checkpoint) {
        ModelFamily family = family(checkpoint.config());
        Architecture configured = countable(family.describe(checkpoint.config()));
        UnaryOperator<String> spelled = name -> stored(checkpoint, family.prefix(), name);
        Ties ties = Ties.of(configured, checkpoint, spelled);
        UnaryOperator<String> held = name -> ties.storedElsewhere().getOrDefault(name, spelled.apply(name));
        Architecture architecture = ties.apply(configured);
        architecture
                .root()
                .allParameters()
                .filter(parameter -> !parameter.buffer() && parameter.tiedTo() == null)
                .forEach(parameter -> check(checkpoint, parameter, held.apply(parameter.name())));
        Architecture stored = architecture.storedAs(held);
        return stored.task() == Architecture.Task.EMBED ? stored.pooled(Pooling.of(checkpoint.modules())) : stored;
    }

    /** What a config means. */
    public static Architecture describe(JsonNode config) {
        return countable(family(config).describe(config));
    }

    /** So that no sum of elements or bytes of it can overflow. */
    private static Architecture countable(Architecture architecture) {
        long elements = 0;
        for (Iterator<Parameter> all = architecture.root().allParameters().iterator();
                all.hasNext() && elements <= MAX_ELEMENTS; ) {
            elements += Math.min(all.next().shape().elements(), MAX_ELEMENTS + 1);
        }
        if (elements > MAX_ELEMENTS) {
            throw Config.invalid("it describes a model of more than " + MAX_ELEMENTS + " parameters");
        }
        return architecture;
    }

    private static ModelFamily family(JsonNode config) {
        JsonNode type = config.path("model_type");
        return FAMILIES.stream()
                .filter(family -> family.modelTypes().contains(type.asText()))
                .findFirst()
                .orElseThrow(() -> unsupported(type));
    }

    /** Name in the checkpoint: with or without the prefix; old layer norms call weight and bias gamma and beta. */
    private static String stored(Checkpoint checkpoint, String prefix, String name) {
        String other = name.startsWith(prefix) ? name.substring(prefix.length()) : prefix + name;
        return Stream.of(name, other)
                .flatMap(spelling -> Stream.of(
                        spelling,
                        spelling.replace("LayerNorm.weight", "LayerNorm.gamma")
                                .replace("LayerNorm.bias", "LayerNorm.beta")))
                .filter(spelling -> checkpoint.tensors().containsKey(spelling))
                .findFirst()
                .orElse(name);
    }

    private static void check(Checkpoint checkpoint, Parameter parameter, String name) {
        StoredTensor stored = checkpoint.tensors().get(name);
        String flaw = checkpoint.flaws().get(name);
        if (flaw != null) {
            throw new PlimsollException(
                    Reason.InvalidCheckpoint, "tensor " + name + " " + flaw + ": download the checkpoint again");
        }
        if (stored == null) {
            throw mismatch(parameter.name() + " is missing; config.json asks for it with shape " + parameter.shape());
        }
        Shape shape = parameter.shape();
        if (!stored.shape().equals(shape)) {
            throw mismatch(parameter.name() + " has shape " + stored.shape() + "; config.json asks for " + shape);
        }
        if (!stored.dtype().isFloat()) {
            throw new PlimsollException(
                    Reason.UnsupportedConfig,
                    "tensor " + parameter.name() + " is stored as " + stored.dtype()
                            + ", which is not implemented: use a checkpoint in F32, F16 or BF16");
        }
    }

    private static PlimsollException mismatch(String what) {
        return new PlimsollException(
                Reason.InvalidCheckpoint, "tensor " + what + ": use the config that belongs to the weights");
    }

    private static PlimsollException unsupported(JsonNode type) {
        TreeSet<String> known = new TreeSet<>();
        FAMILIES.forEach(family -> known.addAll(family.modelTypes()));
        return new PlimsollException(
                Reason.UnsupportedModel,
                "config.json: model_type " + (type.isMissingNode() ? "is missing" : type + " is not implemented")
                        + "; implemented: " + String.join(", ", known));
    }
}
