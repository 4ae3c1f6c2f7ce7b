package dev.plimsoll.server.grammar;

import static dev.plimsoll.server.grammar.Expression.UNBOUNDED;
import static dev.plimsoll.server.grammar.Expression.choice;
import static dev.plimsoll.server.grammar.Expression.empty;
import static dev.plimsoll.server.grammar.Expression.oneOf;
import static dev.plimsoll.server.grammar.Expression.repeated;
import static dev.plimsoll.server.grammar.Expression.sequence;

import dev.plimsoll.server.grammar.Expression.Rule;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Objects: declared members in their order, others behind them where they are allowed. */
final class ObjectSchema {
    static final Set<String> KEYWORDS =
            Set.of("properties", "required", "additionalProperties", "patternProperties", "propertyNames");

    private static final int MAX_PROPERTIES = 500;

    private final JsonSchema schemas;
    private final Map<String, @Nullable Object> schema;
    private final SchemaPath path;
    private final Map<String, @Nullable Object> properties = new LinkedHashMap<>();
    private final List<String> required = new ArrayList<>();

    ObjectSchema(JsonSchema schemas, Map<String, @Nullable Object> schema, SchemaPath path) {
        this.schemas = schemas;
        this.schema = schema;
        this.path = path;
    }

    Expression expression() {
        readProperties();
        Object others = schema.containsKey("additionalProperties")
                ? schema.get("additionalProperties")
                : (Object) properties.isEmpty();
        if (namesAreListed()) {
            others = false;
        }
        Expression other = Boolean.FALSE.equals(others) ? null : schemas.rule(others, path.to("additionalProperties"));
        if (schema.containsKey("patternProperties")) {
            return ofPattern();
        }
        if (properties.isEmpty()) {
            return other == null ? sequence(oneOf("{"), JsonText.SPACE, oneOf("}")) : JsonText.object(name(), other);
        }
        if (schema.containsKey("propertyNames") && other != null && name() != JsonText.STRING) {
            throw path.to("propertyNames").wrong("is not implemented beside properties: leave it out");
        }
        return sequence(oneOf("{"), JsonText.SPACE, members(other));
    }

    /** Whether {@code propertyNames} lists all that there may be: they are declared, then. */
    private boolean namesAreListed() {
        if (!(schema.get("propertyNames") instanceof Map<?, ?> said)
                || !(said.get("enum") instanceof List<?> names)
                || !names.stream().allMatch(String.class::isInstance)) {
            return false;
        }
        Object value = schema.getOrDefault("additionalProperties", true);
        for (Object name : names) {
            if (!Boolean.FALSE.equals(value)) {
                properties.putIfAbsent(String.valueOf(name), value);
            }
        }
        if (!names.containsAll(required)) {
            throw path.to("propertyNames").wrong("leaves out a name that is required");
        }
        properties.keySet().removeIf(name -> !names.contains(name));
        return true;
    }

    /** What names of members that are not declared may be. */
    private Expression name() {
        Object names = schema.get("propertyNames");
        if (names == null || Boolean.TRUE.equals(names)) {
            return JsonText.STRING;
        }
        if (names instanceof Map<?, ?> said && said.keySet().stream().allMatch("type"::equals)) {
            if (said.isEmpty() || "string".equals(said.get("type"))) {
                return JsonText.STRING;
            }
            throw path.to("propertyNames").wrong("must let names be strings");
        }
        if (!(names instanceof Map<?, ?> said) || !isOfStrings(said)) {
            throw path.to("propertyNames").wrong("is implemented for strings of a pattern, format, length or enum");
        }
        return schemas.rule(names, path.to("propertyNames"));
    }

    private static boolean isOfStrings(Map<?, ?> schema) {
        return "string".equals(schema.get("type")) || schema.get("const") instanceof String;
    }

    /** Members whose names a pattern tells: one pattern, and nothing declared beside it. */
    private Expression ofPattern() {
        SchemaPath at = path.to("patternProperties");
        if (!(schema.get("patternProperties") instanceof Map<?, ?> patterns)) {
            throw at.wrong("must be an object");
        }
        if (patterns.isEmpty()) {
            throw at.wrong("is empty: leave it out");
        }
        if (patterns.size() > 1 || !properties.isEmpty() || schema.containsKey("propertyNames")) {
            throw at.wrong("is implemented for one pattern without properties and propertyNames");
        }
        Map.Entry<?, ?> only = patterns.entrySet().iterator().next();
        Expression names = new StringSchema(schemas, Map.of("pattern", only.getKey()), at).expression();
        return JsonText.object(names, schemas.rule(only.getValue(), at.to(String.valueOf(only.getKey()))));
    }

    private void readProperties() {
        Object declared = schema.get("properties");
        if (declared != null && !(declared instanceof Map<?, ?>)) {
            throw path.to("properties").wrong("must be an object");
        }
        if (declared != null) {
            properties.putAll(JsonSchema.map(declared));
        }
        if (schema.get("required") != null) {
            for (Object name : JsonSchema.list(schema.get("required"), path.to("required"))) {
                if (!(name instanceof String known)) {
                    throw path.to("required").wrong("must be a list of names");
                }
                required.add(known);
                if (!properties.containsKey(known)) {
                    properties.put(known, undeclared(known));
                }
            }
        }
        if (properties.size() > MAX_PROPERTIES) {
            throw path.to("properties").wrong("may hold at most " + MAX_PROPERTIES + " properties");
        }
    }

    private Object undeclared(String name) {
        Object others = schema.getOrDefault("additionalProperties", true);
        if (others == null || Boolean.FALSE.equals(others)) {
            throw path.to("required").wrong("names " + SchemaPath.shortened(name) + ", which is not declared");
        }
        return others;
    }

    /**
     * From the first member to the brace that closes: for each property two rules, one before any member is written and
     * one behind some.
     */
    private Expression members(@Nullable Expression other) {
        List<String> names = List.copyOf(properties.keySet());
        Expression more = other == null ? null : sequence(undeclaredName(names), JsonText.colon(), other);
        Expression close = sequence(JsonText.SPACE, oneOf("}"));
        Expression none = more == null
                ? oneOf("}")
                : choice(oneOf("}"), sequence(more, repeated(sequence(JsonText.comma(), more), 0, UNBOUNDED), close));
        Expression some =
                more == null ? close : sequence(repeated(sequence(JsonText.comma(), more), 0, UNBOUNDED), close);
        Rule first = new Rule(path + " without members").is(none);
        Rule rest = new Rule(path + " with members").is(some);
        for (String name : names.reversed()) {
            Rule member = new Rule(path.to("properties").to(name).toString());
            member.is(sequence(
                    Expression.text(schemas.literal(name)),
                    JsonText.colon(),
                    schemas.rule(properties.get(name), path.to("properties").to(name))));
            Expression begins = sequence(member, rest);
            Expression follows = sequence(JsonText.comma(), member, rest);
            boolean must = required.contains(name);
            first = new Rule(path + " from " + name).is(must ? begins : choice(begins, first));
            rest = new Rule(path + " on from " + name).is(must ? follows : choice(follows, rest));
        }
        return first;
    }

    /** A name that is not declared, without escapes: so that none is written in two ways. */
    private static Expression undeclaredName(List<String> names) {
        PrefixTree declared = PrefixTree.of(names.stream()
                .map(JsonLiteral::of)
                .map(name -> name.substring(1))
                .toList());
        return sequence(oneOf("\""), differentFrom(declared));
    }

    /** The rest of a name and its quote, where the declared ones go on as a tree says. */
    private static Expression differentFrom(PrefixTree declared) {
        Expression rest = sequence(repeated(JsonText.PLAIN_CHARACTER, 0, UNBOUNDED), oneOf("\""));
        List<Expression> alternatives = new ArrayList<>();
        boolean[] taken = new boolean[ByteSet.BYTES];
        declared.next().forEach((value, tree) -> {
            taken[value] = true;
            if (value != '"' && value < 0x80 && value != '\\') {
                alternatives.add(sequence(new Expression.OneOf(ByteSet.of(value)), differentFrom(tree)));
            }
        });
        BitSet others = new BitSet();
        for (int value = ' '; value < 0x80; value++) {
            if (value != '"' && value != '\\' && !taken[value]) {
                others.set(value);
            }
        }
        if (!others.isEmpty()) {
            alternatives.add(sequence(new Expression.OneOf(ByteSet.of(others)), rest));
        }
        if (!taken['"']) {
            alternatives.add(oneOf("\""));
        }
        return alternatives.isEmpty() ? empty() : new Expression.Choice(alternatives);
    }
}
