package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** {@code config.json}, read with types and bounds; it is untrusted. */
final class Config {
    static final int MAX_WIDTH = 1 << 24;

    /** Of the residual stream: a row of a head is never more than the 16 MiB that one is streamed by. */
    static final int MAX_HIDDEN = 1 << 22;

    private static final int MAX_LAYERS = 10_000;

    private final JsonNode json;

    Config(JsonNode json) {
        this.json = json;
    }

    /** A number of things, at least 1. */
    int count(String name) {
        return countUpTo(name, MAX_WIDTH);
    }

    /** A number of things, from 1 to {@code most}. */
    int countUpTo(String name, int most) {
        JsonNode node = json.path(name);
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1 || node.intValue() > most) {
            throw invalid(name + " must be a whole number from 1 to " + most + ", is " + describe(node));
        }
        return node.intValue();
    }

    /** The width of the residual stream. */
    int hidden(String name) {
        return countUpTo(name, MAX_HIDDEN);
    }

    /** A number of layers. */
    int layers(String name) {
        return countUpTo(name, MAX_LAYERS);
    }

    /** The one of two names for the same setting that the config uses. */
    String spelling(String name, String other) {
        return absent(name) && !absent(other) ? other : name;
    }

    int count(String name, int otherwise) {
        return absent(name) ? otherwise : count(name);
    }

    double number(String name, double otherwise) {
        return absent(name) ? otherwise : number(json, name);
    }

    /** A number of things that may be absent: {@code otherwise} when it is missing, 0 when it is null. */
    int optional(String name, int otherwise) {
        JsonNode node = json.path(name);
        return node.isMissingNode() ? otherwise : node.isNull() ? 0 : count(name);
    }

    /** A bound; 0, which means none, when it is null. */
    double cap(String name, double otherwise) {
        return json.path(name).isNull() ? 0 : number(name, otherwise);
    }

    boolean flag(String name, boolean otherwise) {
        if (absent(name)) {
            return otherwise;
        }
        JsonNode node = json.path(name);
        if (!node.isBoolean()) {
            throw invalid(name + " must be true or false, is " + describe(node));
        }
        return node.booleanValue();
    }

    String text(String name, String otherwise) {
        return absent(name) ? otherwise : json.path(name).asText();
    }

    /** The resource that holds an activation. */
    String activation(String name, String otherwise) {
        return switch (text(name, otherwise)) {
            case "silu", "swish" -> "silu.py";
            case "gelu" -> "gelu.py";
            case "gelu_new", "gelu_pytorch_tanh" -> "gelu_tanh.py";
            case "relu" -> "relu.py";
            default -> throw unsupported(name + " " + describe(json.path(name)));
        };
    }

    /** What kind of attention each layer has; {@code otherwise} when the config does not list them. */
    List<String> layerTypes(int layers, IntFunction<String> otherwise) {
        JsonNode types = json.path("layer_types");
        if (absent("layer_types")) {
            return IntStream.range(0, layers).mapToObj(otherwise).toList();
        }
        if (!types.isArray() || types.size() != layers) {
            throw invalid("layer_types must name " + layers + " types, one a layer");
        }
        return types.valueStream().map(JsonNode::asText).toList();
    }

    /** Some of the numbers below {@code end}; none when the config does not list them. */
    List<Integer> indexes(String name, int end) {
        List<Integer> indexes = new ArrayList<>();
        for (JsonNode node : json.path(name)) {
            if (!node.isInt() || node.intValue() < 0 || node.intValue() >= end) {
                throw invalid(name + " must list whole numbers from 0 to " + (end - 1) + ", has " + describe(node));
            }
            indexes.add(node.intValue());
        }
        return indexes;
    }

    /** The widths of a decoder with rotary positions. */
    DecoderShape decoderShape(DecoderDefaults defaults) {
        int hidden = hidden("hidden_size");
        int heads = count("num_attention_heads");
        int keyValueHeads = optional("num_key_value_heads", defaults.keyValueHeads());
        int headDim = count("head_dim", defaults.headDim() == 0 ? Math.max(1, hidden / heads) : defaults.headDim());
        DecoderShape shape = new DecoderShape(
                layers("num_hidden_layers"),
                hidden,
                count("intermediate_size"),
                heads,
                keyValueHeads == 0 ? heads : keyValueHeads,
                headDim,
                count("vocab_size"),
                count("max_position_embeddings", defaults.maxPositions()));
        if ((long) heads * headDim > MAX_WIDTH) {
            throw invalid("num_attention_heads x head_dim must be at most " + MAX_WIDTH);
        }
        if (heads % shape.keyValueHeads() != 0 || headDim % 2 != 0) {
            throw invalid("num_attention_heads must be a multiple of num_key_value_heads, head_dim even");
        }
        return shape;
    }

    /**
     * Refuses models that end in something else than what is implemented, and settings that no family implements.
     *
     * @param implemented class names; the first is meant when the config names none
     */
    void requireArchitecture(String... implemented) {
        String name = architecture(implemented[0]);
        if (!List.of(implemented).contains(name)) {
            throw unsupported("architecture " + name + " (implemented: " + implemented[0] + ")");
        }
        requireOneOf("is_decoder", Set.of(true, false));
        requireOneOf("add_cross_attention", Set.of(false));
        requireOneOf("use_bidirectional_attention", Set.of(false));
        requireOneOf("partial_rotary_factor", Set.of(1, 1.0));
        requireAbsent(List.of("quantization_config", "clip_qkv"));
    }

    /** Class name of the model; what the family is called when the config does not say. */
    String architecture(String otherwise) {
        JsonNode first = json.path("architectures").path(0);
        return first.isTextual() ? first.textValue() : otherwise;
    }

    /**
     * The rope settings in either spelling: {@code rope_parameters}, or {@code rope_theta} with {@code rope_scaling}.
     */
    RopeSettings rope() {
        JsonNode scaling = json.path("rope_scaling");
        JsonNode parameters = scaling.isEmpty() ? json.path("rope_parameters") : scaling;
        if (parameters.valueStream().anyMatch(JsonNode::isObject)) {
            throw unsupported("rope settings for each layer type");
        }
        Config rope = new Config(parameters);
        rope.requireOneOf("partial_rotary_factor", Set.of(1, 1.0));
        double theta = rope.number("rope_theta", number("rope_theta", 10_000));
        String type = rope.text("rope_type", rope.text("type", "default"));
        return switch (type) {
            case "default" -> new RopeSettings.Plain(theta);
            case "linear" -> new RopeSettings.Linear(theta, number(parameters, "factor"));
            case "llama3" ->
                new RopeSettings.Llama3(
                        theta,
                        number(parameters, "factor"),
                        number(parameters, "low_freq_factor"),
                        number(parameters, "high_freq_factor"),
                        number(
                                "original_max_position_embeddings",
                                rope.number(
                                        "original_max_position_embeddings", number("max_position_embeddings", 2048))));
            default -> throw unsupported("rope type '" + type + "' (implemented: default, linear, llama3)");
        };
    }

    /** Refuses a setting unless it is absent, null, or one of the values that change nothing. */
    void requireOneOf(String name, Set<Object> neutral) {
        JsonNode node = json.path(name);
        boolean known = node.isMissingNode()
                || node.isNull()
                || neutral.stream().anyMatch(value -> String.valueOf(value).equals(node.asText()));
        if (!known) {
            throw unsupported(name + " " + describe(node));
        }
    }

    /** Refuses settings that would change the result whatever they are set to. */
    void requireAbsent(List<String> names) {
        names.forEach(name -> requireOneOf(name, Set.of()));
    }

    static PlimsollException invalid(String wrong) {
        return new PlimsollException(
                Reason.InvalidCheckpoint, "config.json: " + wrong + "; use the config that belongs to the weights");
    }

    static PlimsollException unsupported(String what) {
        return new PlimsollException(
                Reason.UnsupportedConfig,
                "config.json: " + what
                        + " is not implemented and would change the result: use a checkpoint without it");
    }

    private boolean absent(String name) {
        return json.path(name).isMissingNode() || json.path(name).isNull();
    }

    private static double number(JsonNode object, String name) {
        JsonNode node = object.path(name);
        if (!node.isNumber() || !(node.doubleValue() > 0) || Double.isInfinite(node.doubleValue())) {
            throw invalid(name + " must be a number above 0, is " + describe(node));
        }
        return node.doubleValue();
    }

    private static String describe(JsonNode node) {
        return node.isMissingNode() ? "missing" : Printable.of(node.toString());
    }
}
