package dev.plimsoll.server.architecture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.server.PlimsollException;
import java.util.List;
import java.util.Set;

/** {@code config.json}, read with types and bounds; it is untrusted. */
final class Config {
    static final int MAX_WIDTH = 1 << 24;

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

    int count(String name, int otherwise) {
        return absent(name) ? otherwise : count(name);
    }

    double number(String name, double otherwise) {
        return absent(name) ? otherwise : number(json, name);
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

    /** Class name of the model; what the family is called when the config does not say. */
    String architecture(String otherwise) {
        JsonNode first = json.path("architectures").path(0);
        return first.isTextual() ? first.textValue() : otherwise;
    }

    /**
     * The rope settings in either spelling: {@code rope_parameters}, or {@code rope_theta} with {@code rope_scaling}.
     */
    RopeSettings rope() {
        JsonNode parameters = json.path("rope_parameters");
        JsonNode scaling = json.path("rope_scaling");
        JsonNode scaled = parameters.isObject() ? parameters : scaling.isObject() ? scaling : MissingNode.getInstance();
        double theta = scaled.has("rope_theta") ? number(scaled, "rope_theta") : number("rope_theta", 10_000);
        String type = scaled.path("rope_type").asText(scaled.path("type").asText("default"));
        return switch (type) {
            case "default" -> new RopeSettings.Plain(theta);
            case "linear" -> new RopeSettings.Linear(theta, number(scaled, "factor"));
            case "llama3" ->
                new RopeSettings.Llama3(
                        theta,
                        number(scaled, "factor"),
                        number(scaled, "low_freq_factor"),
                        number(scaled, "high_freq_factor"),
                        number(scaled, "original_max_position_embeddings"));
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
        String text = node.isMissingNode() ? "missing" : node.toString();
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }
}
