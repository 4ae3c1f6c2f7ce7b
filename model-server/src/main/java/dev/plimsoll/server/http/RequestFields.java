package dev.plimsoll.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of a request, read with types and bounds; it is untrusted. */
final class RequestFields {
    private final JsonNode json;

    RequestFields(JsonNode json) {
        if (!json.isObject()) {
            throw ApiException.invalid(null, "the body must be a JSON object");
        }
        this.json = json;
    }

    JsonNode get(String name) {
        return json.path(name);
    }

    boolean has(String name) {
        return !json.path(name).isMissingNode() && !json.path(name).isNull();
    }

    boolean flag(String name) {
        if (!has(name)) {
            return false;
        }
        if (!json.path(name).isBoolean()) {
            throw ApiException.invalid(name, name + " must be true or false");
        }
        return json.path(name).booleanValue();
    }

    double number(String name, double otherwise, double least, double most) {
        if (!has(name)) {
            return otherwise;
        }
        JsonNode node = json.path(name);
        if (!node.isNumber() || !(node.doubleValue() >= least && node.doubleValue() <= most)) {
            throw ApiException.invalid(name, name + " must be a number from " + least + " to " + most);
        }
        return node.doubleValue();
    }

    @Nullable
    Long integer(String name, long least) {
        if (!has(name)) {
            return null;
        }
        JsonNode node = json.path(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < least) {
            throw ApiException.invalid(name, name + " must be a whole number, at least " + least);
        }
        return node.longValue();
    }

    /** A text, or a list of at most {@code most} texts; none of them empty. */
    List<String> texts(String name, int most) {
        JsonNode node = json.path(name);
        if (!has(name)) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        (node.isArray() ? node : List.of(node)).forEach(item -> {
            if (!item.isTextual() || item.textValue().isEmpty()) {
                throw ApiException.invalid(name, name + " must be a text or a list of texts that are not empty");
            }
            texts.add(item.textValue());
        });
        if (texts.size() > most) {
            throw ApiException.invalid(name, name + " may hold at most " + most + " texts");
        }
        return texts;
    }

    /** Refuses a request for another model than the one served. */
    void checkModel(String served) {
        JsonNode model = json.path("model");
        if (has("model") && !served.equals(model.textValue())) {
            String asked = model.toString();
            throw ApiException.modelNotFound("the model "
                    + (asked.length() > 100 ? asked.substring(0, 100) + "..." : asked)
                    + " is not served here; served: " + served);
        }
    }

    /** Refuses a field that would change the result and is not implemented, unless it says what is done anyway. */
    void requireNeutral(String name, String... neutral) {
        if (!has(name)) {
            return;
        }
        String value = json.path(name).toString();
        for (String allowed : neutral) {
            if (value.equals(allowed)) {
                return;
            }
        }
        throw ApiException.invalid(name, name + " is not implemented: leave it out");
    }
}
