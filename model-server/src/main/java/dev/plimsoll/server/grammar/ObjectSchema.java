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
    static final Set<String> KEYWORDS = Set.of("properties", "required", "additionalProperties");

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
        Expression other = Boolean.FALSE.equals(others) ? null : schemas.rule(others, path.to("additionalProperties"));
        if (properties.isEmpty()) {
            return other == null
                    ? sequence(oneOf("{"), JsonText.SPACE, oneOf("}"))
                    : JsonText.object(JsonText.STRING, other);
        }
        return sequence(oneOf("{"), JsonText.SPACE, members(other));
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
