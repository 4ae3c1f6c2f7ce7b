package dev.plimsoll.server.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keywords that a schema may have, where they may stand, and the types that they mean. */
final class SchemaKeywords {
    /** What may stand beside any other keyword. */
    private static final Set<String> DESCRIPTIONS = Set.of(
            "title",
            "description",
            "default",
            "example",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "discriminator",
            "contentEncoding",
            "contentMediaType",
            "nullable",
            "$comment",
            "$schema",
            "$id",
            "$defs",
            "definitions");
    /** All there are. */
    static final List<String> TYPES = List.of("object", "array", "string", "number", "integer", "boolean", "null");

    private SchemaKeywords() {}

    /** Whether a keyword describes, and restricts nothing. */
    static boolean isDescription(String keyword) {
        return DESCRIPTIONS.contains(keyword) && !keyword.equals("nullable");
    }

    /** Whether a schema says nothing but one keyword, and what describes. */
    static boolean describesBeside(Map<String, @Nullable Object> schema, String keyword) {
        return schema.keySet().stream().allMatch(one -> one.equals(keyword) || isDescription(one));
    }

    /** The types that a schema names; without, that of its keywords, or all. */
    static List<String> types(Map<String, @Nullable Object> schema, SchemaPath path) {
        Object type = schema.get("type");
        if (type instanceof String one && TYPES.contains(one)) {
            return List.of(one);
        }
        if (type instanceof List<?> several
                && !several.isEmpty()
                && several.stream().allMatch(TYPES::contains)) {
            List<String> named = new ArrayList<>(
                    several.stream().map(String::valueOf).distinct().toList());
            if (named.contains("number")) {
                named.remove("integer");
            }
            return named;
        }
        if (schema.containsKey("type")) {
            throw path.to("type").wrong("must be of " + String.join(", ", TYPES));
        }
        if (ObjectSchema.KEYWORDS.stream().anyMatch(schema::containsKey)) {
            return List.of("object");
        }
        if (ArraySchema.KEYWORDS.stream().anyMatch(schema::containsKey)) {
            return List.of("array");
        }
        if (StringSchema.KEYWORDS.stream().anyMatch(schema::containsKey)) {
            return List.of("string");
        }
        return NumberSchema.KEYWORDS.stream().anyMatch(schema::containsKey)
                ? List.of("number")
                : List.of("object", "array", "string", "number", "boolean", "null");
    }

    /** Refuses what is not implemented. */
    static void requireKnown(Map<String, @Nullable Object> schema, SchemaPath path) {
        for (String keyword : schema.keySet()) {
            boolean known = DESCRIPTIONS.contains(keyword)
                    || keyword.equals("type")
                    || ObjectSchema.KEYWORDS.contains(keyword)
                    || ArraySchema.KEYWORDS.contains(keyword)
                    || StringSchema.KEYWORDS.contains(keyword)
                    || NumberSchema.KEYWORDS.contains(keyword);
            if (!known) {
                throw path.to(keyword).wrong("is not implemented: leave it out");
            }
        }
    }

    /** Refuses what stands beside a keyword that stands alone, but for what is allowed there. */
    static void requireAlone(Map<String, @Nullable Object> schema, SchemaPath path, String... allowed) {
        for (String keyword : schema.keySet()) {
            if (!DESCRIPTIONS.contains(keyword) && !List.of(allowed).contains(keyword)) {
                throw path.to(keyword)
                        .wrong("is not implemented beside " + allowed[0] + ": leave it out, or say it within");
            }
        }
    }

    /** Whether a keyword may stand beside any other. */
    static boolean mayStandBeside(String keyword) {
        return DESCRIPTIONS.contains(keyword);
    }
}
