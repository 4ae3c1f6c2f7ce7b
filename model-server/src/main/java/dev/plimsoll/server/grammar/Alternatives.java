package dev.plimsoll.server.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells schemas apart that no value can fit two of. */
final class Alternatives {
    private static final int MAX_REFERENCES = 16;

    private final Map<String, @Nullable Object> root;

    Alternatives(Map<String, @Nullable Object> root) {
        this.root = root;
    }

    static boolean isOfType(@Nullable Object value, String type) {
        return switch (type) {
            case "object" -> value instanceof Map<?, ?>;
            case "array" -> value instanceof List<?>;
            case "string" -> value instanceof String;
            case "number" -> value instanceof Number;
            case "integer" -> value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue());
            case "boolean" -> value instanceof Boolean;
            default -> value == null;
        };
    }

    /** Whether it is certain that no value fits two of these schemas. */
    boolean areDisjoint(List<?> schemas) {
        for (int i = 0; i < schemas.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (!areDisjoint(resolved(schemas.get(i)), resolved(schemas.get(j)))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean areDisjoint(Map<?, ?> one, Map<?, ?> other) {
        List<?> ones = values(one);
        List<?> others = values(other);
        if (!ones.isEmpty() && !others.isEmpty()) {
            return ones.stream().noneMatch(others::contains)
                    && ones.stream().allMatch(String.class::isInstance)
                    && others.stream().allMatch(String.class::isInstance);
        }
        if (one.get("type") instanceof String type && other.get("type") instanceof String another) {
            if (!type.equals(another)) {
                return !(type.equals("number") && another.equals("integer"))
                        && !(type.equals("integer") && another.equals("number"));
            }
            return type.equals("object") && haveTag(one, other);
        }
        return false;
    }

    /** Whether both require a property whose values they do not share. */
    private boolean haveTag(Map<?, ?> one, Map<?, ?> other) {
        if (!(one.get("properties") instanceof Map<?, ?> properties)
                || !(other.get("properties") instanceof Map<?, ?> others)
                || !(one.get("required") instanceof List<?> required)
                || !(other.get("required") instanceof List<?> alsoRequired)) {
            return false;
        }
        return properties.keySet().stream()
                .filter(name -> required.contains(name) && alsoRequired.contains(name) && others.containsKey(name))
                .anyMatch(name -> {
                    Map<?, ?> tag = resolved(properties.get(name));
                    Map<?, ?> otherTag = resolved(others.get(name));
                    return !values(tag).isEmpty() && !values(otherTag).isEmpty() && areDisjoint(tag, otherTag);
                });
    }

    private static List<?> values(Map<?, ?> schema) {
        if (schema.containsKey("const")) {
            List<@Nullable Object> only = new ArrayList<>();
            only.add(schema.get("const"));
            return only;
        }
        return schema.get("enum") instanceof List<?> values ? values : List.of();
    }

    private Map<?, ?> resolved(@Nullable Object schema) {
        Object at = schema;
        for (int i = 0; i < MAX_REFERENCES; i++) {
            if (!(at instanceof Map<?, ?> map)) {
                return Map.of();
            }
            if (!(map.get("$ref") instanceof String reference) || !reference.startsWith("#/")) {
                return map;
            }
            at = root;
            for (String step : reference.substring(2).split("/", -1)) {
                at = at instanceof Map<?, ?> inside ? inside.get(step) : null;
            }
            at = Objects.requireNonNullElse(at, Map.of());
        }
        return Map.of();
    }
}
