package dev.plimsoll.server.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One schema that says what all of some say, as {@code allOf} has it: members of all, the narrowest of bounds. What cannot
 * be said by one schema is refused by the name of its keyword.
 */
final class MergedSchemas {
    private static final int MAX_SCHEMAS = 32;
    private static final int MAX_REFERENCES = 16;

    /** Where two schemas say a bound, the larger one holds, or the smaller one. */
    private static final Map<String, Boolean> BOUNDS = Map.of(
            "minimum", true,
            "exclusiveMinimum", true,
            "minLength", true,
            "minItems", true,
            "maximum", false,
            "exclusiveMaximum", false,
            "maxLength", false,
            "maxItems", false);

    private final UnaryOperator<@Nullable Object> resolve;
    private final SchemaPath path;
    private final Map<String, @Nullable Object> merged = new LinkedHashMap<>();

    /** @param resolve the schema that a reference means */
    MergedSchemas(UnaryOperator<@Nullable Object> resolve, SchemaPath path) {
        this.resolve = resolve;
        this.path = path;
    }

    /** All of them as one. */
    Map<String, @Nullable Object> of(List<?> schemas) {
        if (schemas.size() > MAX_SCHEMAS) {
            throw path.wrong("may hold at most " + MAX_SCHEMAS + " schemas");
        }
        for (Object schema : schemas) {
            add(plain(schema));
        }
        return merged;
    }

    private Map<String, @Nullable Object> plain(@Nullable Object schema) {
        Object at = schema;
        for (int i = 0; i < MAX_REFERENCES; i++) {
            if (Boolean.TRUE.equals(at)) {
                return Map.of();
            }
            if (!(at instanceof Map<?, ?>)) {
                throw path.wrong("must hold schemas");
            }
            Map<String, @Nullable Object> map = JsonSchema.map(at);
            if (!map.containsKey("$ref")) {
                return map;
            }
            if (!SchemaKeywords.describesBeside(map, "$ref")) {
                throw path.wrong("holds a $ref with keywords beside it: say them in a schema of their own");
            }
            at = resolve.apply(map.get("$ref"));
        }
        throw path.wrong("holds references that lead to references without end");
    }

    private void add(Map<String, @Nullable Object> schema) {
        if (closes(merged, schema) || closes(schema, merged)) {
            throw path.wrong("holds a schema whose additionalProperties leaves out what another one declares");
        }
        schema.forEach((keyword, value) -> {
            if (SchemaKeywords.isDescription(keyword)) {
                return;
            }
            boolean known = merged.containsKey(keyword) && !Objects.equals(merged.get(keyword), value);
            merged.put(keyword, known ? both(keyword, merged.get(keyword), value) : value);
        });
    }

    /** Whether one schema's members are all that may be, and the other one declares more. */
    private static boolean closes(Map<String, @Nullable Object> one, Map<String, @Nullable Object> other) {
        return one.containsKey("additionalProperties")
                && !Boolean.TRUE.equals(one.get("additionalProperties"))
                && !names(one).containsAll(names(other));
    }

    private static Set<Object> names(Map<String, @Nullable Object> schema) {
        return schema.get("properties") instanceof Map<?, ?> properties
                ? new LinkedHashSet<>(properties.keySet())
                : Set.of();
    }

    private @Nullable Object both(String keyword, @Nullable Object one, @Nullable Object other) {
        if (BOUNDS.containsKey(keyword) && one instanceof Number left && other instanceof Number right) {
            boolean leftIsMore = new BigDecimal(left.toString()).compareTo(new BigDecimal(right.toString())) > 0;
            return leftIsMore == BOUNDS.get(keyword) ? one : other;
        }
        if (keyword.equals("required") && one instanceof List<?> names && other instanceof List<?> more) {
            Set<Object> all = new LinkedHashSet<>(names);
            all.addAll(more);
            return new ArrayList<>(all);
        }
        if (keyword.equals("properties") && one instanceof Map<?, ?> members && other instanceof Map<?, ?> more) {
            return members(members, more);
        }
        if (keyword.equals("type")
                && List.of("number integer", "integer number").contains(one + " " + other)) {
            return "integer";
        }
        throw path.wrong("says " + SchemaPath.shortened(keyword) + " twice, not the same: merge the schemas into one");
    }

    private static Map<String, Object> members(Map<?, ?> members, Map<?, ?> more) {
        Map<String, Object> all = new LinkedHashMap<>();
        members.forEach((name, schema) -> all.put(String.valueOf(name), schema));
        more.forEach((name, schema) -> all.merge(
                String.valueOf(name),
                schema,
                (one, other) -> one.equals(other) ? one : Map.of("allOf", List.of(one, other))));
        return all;
    }
}
