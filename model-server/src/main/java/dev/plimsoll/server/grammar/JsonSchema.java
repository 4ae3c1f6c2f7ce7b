package dev.plimsoll.server.grammar;

import static dev.plimsoll.server.grammar.Expression.text;

import dev.plimsoll.server.grammar.Expression.Choice;
import dev.plimsoll.server.grammar.Expression.Rule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Grammars of JSON schemas. What a schema says is said by the grammar, or the schema is refused by the name of the
 * keyword that is not implemented; only what describes and does not restrict is passed over. Members of an object come
 * in the order of its properties, and those that are not declared only where {@code additionalProperties} says so.
 *
 * @see <a href="https://json-schema.org/draft/2020-12/json-schema-validation">JSON Schema</a>
 */
public final class JsonSchema {
    private static final int MAX_LITERAL_BYTES = 40_000;
    private static final int MAX_DEPTH = 128;

    /** Of a grammar before it is compiled: what is larger would not fit behind it, and must not fill the heap before. */
    private static final int MAX_PARTS = 100_000;

    /** Each is compared with each. */
    private static final int MAX_ONE_OF = 100;

    private static final int PARTS_OF_A_SCHEMA = 10;
    private static final int PARTS_OF_A_RANGE = 500;
    private final Map<String, @Nullable Object> root;
    private final IdentityHashMap<Object, Rule> rules = new IdentityHashMap<>();
    private int literalBytes;
    private int parts;
    private int depth;

    private JsonSchema(Map<String, @Nullable Object> root) {
        this.root = root;
    }

    /**
     * The rule of what a schema describes.
     *
     * @param schema as JSON values: maps by string, lists, strings, numbers, booleans, null
     * @throws GrammarException naming what is not implemented or wrong, and where
     */
    public static Rule rule(Map<String, @Nullable Object> schema) {
        return new JsonSchema(schema).rule(schema, SchemaPath.ROOT);
    }

    /** The rule of a schema within; the same for the same schema, so that one can refer to itself. */
    Rule rule(@Nullable Object schema, SchemaPath path) {
        if (Boolean.TRUE.equals(schema)) {
            return JsonText.VALUE;
        }
        if (!(schema instanceof Map<?, ?>)) {
            throw path.wrong("must be a schema that something can fit: an object, or true");
        }
        Rule known = rules.get(schema);
        if (known != null) {
            return known;
        }
        if (++depth > MAX_DEPTH) {
            throw path.wrong("is nested too deep: more than " + MAX_DEPTH + " schemas lead to it");
        }
        count(PARTS_OF_A_SCHEMA);
        Rule rule = new Rule(path.toString());
        rules.put(schema, rule);
        rule.is(expression(map(schema), path));
        depth--;
        return rule;
    }

    /** As OpenAPI 3.0 says it, a schema may let null be beside what it says. */
    private Expression expression(Map<String, @Nullable Object> schema, SchemaPath path) {
        Expression value = valueOf(schema, path);
        return Boolean.TRUE.equals(schema.get("nullable")) ? Expression.choice(value, text("null")) : value;
    }

    private Expression valueOf(Map<String, @Nullable Object> schema, SchemaPath path) {
        if (schema.containsKey("$ref")) {
            SchemaKeywords.requireAlone(schema, path, "$ref");
            return referred(schema.get("$ref"), path.to("$ref"));
        }
        if (schema.containsKey("const")) {
            SchemaKeywords.requireAlone(schema, path, "const", "type");
            List<@Nullable Object> only = new ArrayList<>();
            only.add(schema.get("const"));
            return literals(only, schema, path.to("const"));
        }
        if (schema.containsKey("enum")) {
            SchemaKeywords.requireAlone(schema, path, "enum", "type");
            return literals(list(schema.get("enum"), path.to("enum")), schema, path.to("enum"));
        }
        if (schema.get("allOf") instanceof List<?> all
                && (all.size() > 1 || !SchemaKeywords.describesBeside(schema, "allOf"))) {
            return merged(schema, all, path);
        }
        for (String combination : List.of("anyOf", "oneOf", "allOf")) {
            if (schema.containsKey(combination)) {
                SchemaKeywords.requireAlone(schema, path, combination);
                return combined(combination, list(schema.get(combination), path), path.to(combination));
            }
        }
        SchemaKeywords.requireKnown(schema, path);
        List<Expression> kinds = new ArrayList<>();
        for (String type : SchemaKeywords.types(schema, path)) {
            kinds.add(ofType(type, schema, path));
        }
        return kinds.size() == 1 ? kinds.getFirst() : new Choice(kinds);
    }

    /** What stands beside {@code allOf} holds, too. */
    private Expression merged(Map<String, @Nullable Object> schema, List<?> all, SchemaPath path) {
        Map<String, @Nullable Object> beside = new LinkedHashMap<>(schema);
        beside.keySet().removeIf(keyword -> keyword.equals("allOf") || SchemaKeywords.mayStandBeside(keyword));
        List<@Nullable Object> schemas = new ArrayList<>(all);
        schemas.add(beside);
        SchemaPath at = path.to("allOf");
        count(PARTS_OF_A_SCHEMA * schemas.size());
        return valueOf(new MergedSchemas(reference -> target(reference, at), at).of(schemas), at);
    }

    private Expression ofType(String type, Map<String, @Nullable Object> schema, SchemaPath path) {
        return switch (type) {
            case "object" -> new ObjectSchema(this, schema, path).expression();
            case "array" -> new ArraySchema(this, schema, path).expression();
            case "string" -> new StringSchema(this, schema, path).expression();
            case "number" -> number(schema, path, false);
            case "integer" -> number(schema, path, true);
            case "boolean" -> JsonText.BOOLEAN;
            case "null" -> text("null");
            default -> throw path.to("type").wrong("must be of " + String.join(", ", SchemaKeywords.TYPES));
        };
    }

    private Expression number(Map<String, @Nullable Object> schema, SchemaPath path, boolean whole) {
        if (NumberSchema.KEYWORDS.stream().anyMatch(schema::containsKey)) {
            count(PARTS_OF_A_RANGE);
        }
        return NumberSchema.expression(schema, path, whole);
    }

    /** Counts parts of the grammar, which are bounded. */
    void count(int more) {
        parts += more;
        if (parts > MAX_PARTS) {
            throw new GrammarException("it is too large: its grammar has more than " + MAX_PARTS + " parts");
        }
    }

    private Expression referred(@Nullable Object reference, SchemaPath path) {
        return rule(target(reference, path), SchemaPath.at(String.valueOf(reference)));
    }

    private @Nullable Object target(@Nullable Object reference, SchemaPath path) {
        if (!(reference instanceof String pointer) || !(pointer.equals("#") || pointer.startsWith("#/"))) {
            throw path.wrong("must refer to a schema in this document, as #/$defs/Name does");
        }
        Object at = root;
        for (String step : pointer.substring(Math.min(pointer.length(), 2)).split("/", -1)) {
            if (pointer.equals("#")) {
                break;
            }
            String name = step.replace("~1", "/").replace("~0", "~");
            if (!(at instanceof Map<?, ?> map) || !map.containsKey(name)) {
                throw path.wrong("refers to nothing: " + SchemaPath.shortened(pointer));
            }
            at = map.get(name);
        }
        return at;
    }

    private Expression literals(List<?> values, Map<String, @Nullable Object> schema, SchemaPath path) {
        List<String> allowed = schema.containsKey("type") ? SchemaKeywords.types(schema, path) : SchemaKeywords.TYPES;
        List<String> texts = new ArrayList<>();
        for (Object value : values) {
            if (allowed.stream().anyMatch(type -> Alternatives.isOfType(value, type))) {
                texts.add(literal(value));
            }
        }
        if (texts.isEmpty()) {
            throw path.wrong("names no value that is possible");
        }
        return Expression.anyOf(texts);
    }

    /** A value as JSON; all of them together are bounded. */
    String literal(@Nullable Object value) {
        String text = JsonLiteral.of(value);
        literalBytes += text.getBytes(StandardCharsets.UTF_8).length;
        if (literalBytes > MAX_LITERAL_BYTES) {
            throw new GrammarException(
                    "its names and values are too large: together more than " + MAX_LITERAL_BYTES + " bytes of JSON");
        }
        return text;
    }

    private Expression combined(String how, List<?> schemas, SchemaPath path) {
        if (schemas.isEmpty()) {
            throw path.wrong("must hold a schema at least");
        }
        if (how.equals("oneOf") && schemas.size() > MAX_ONE_OF) {
            throw path.wrong("may hold at most " + MAX_ONE_OF + " schemas: use anyOf");
        }
        if (how.equals("oneOf") && !new Alternatives(root).areDisjoint(schemas)) {
            throw path.wrong("holds schemas that cannot be told apart by their types, or by a constant in a required"
                    + " property: use anyOf");
        }
        List<Expression> alternatives = new ArrayList<>();
        for (int i = 0; i < schemas.size(); i++) {
            alternatives.add(rule(schemas.get(i), path.to(Integer.toString(i))));
        }
        return new Choice(alternatives);
    }

    static List<?> list(@Nullable Object value, SchemaPath path) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw path.wrong("must be a list");
    }

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> map(@Nullable Object value) {
        return (Map<String, @Nullable Object>) java.util.Objects.requireNonNull(value);
    }
}
