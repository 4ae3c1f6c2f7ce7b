package dev.plimsoll.server.grammar;

import static dev.plimsoll.server.grammar.Expression.UNBOUNDED;
import static dev.plimsoll.server.grammar.Expression.choice;
import static dev.plimsoll.server.grammar.Expression.oneOf;
import static dev.plimsoll.server.grammar.Expression.repeated;
import static dev.plimsoll.server.grammar.Expression.sequence;

import dev.plimsoll.server.grammar.Expression.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Arrays: first items by their places, then others. */
final class ArraySchema {
    static final Set<String> KEYWORDS = Set.of("items", "prefixItems", "minItems", "maxItems");

    private static final int MAX_PREFIX = 500;

    private final JsonSchema schemas;
    private final Map<String, @Nullable Object> schema;
    private final SchemaPath path;

    ArraySchema(JsonSchema schemas, Map<String, @Nullable Object> schema, SchemaPath path) {
        this.schemas = schemas;
        this.schema = schema;
        this.path = path;
    }

    Expression expression() {
        int least = path.count(schema, "minItems", 0);
        int most = path.count(schema, "maxItems", UNBOUNDED);
        if (least > most) {
            throw path.to("minItems").wrong("is more than maxItems");
        }
        if (schema.get("items") instanceof List<?>) {
            throw path.to("items").wrong("must be a schema: a list of schemas is said by prefixItems");
        }
        List<Expression> prefix = new ArrayList<>();
        if (schema.get("prefixItems") != null) {
            for (Object item : JsonSchema.list(schema.get("prefixItems"), path.to("prefixItems"))) {
                prefix.add(schemas.rule(item, path.to("prefixItems").to(Integer.toString(prefix.size()))));
            }
        }
        if (prefix.size() > MAX_PREFIX) {
            throw path.to("prefixItems").wrong("may hold at most " + MAX_PREFIX + " schemas");
        }
        Object items = schema.getOrDefault("items", prefix.isEmpty());
        Expression item = Boolean.FALSE.equals(items) ? null : schemas.rule(items, path.to("items"));
        if (item == null && least > prefix.size()) {
            throw path.to("minItems").wrong("is more than the items that are declared");
        }
        return sequence(oneOf("["), JsonText.SPACE, items(prefix, item, least, most));
    }

    private Expression items(List<Expression> prefix, @Nullable Expression item, int least, int most) {
        Expression close = sequence(JsonText.SPACE, oneOf("]"));
        int placed = Math.min(prefix.size(), most);
        int leastOthers = Math.max(0, least - placed);
        int mostOthers = item == null ? 0 : most == UNBOUNDED ? UNBOUNDED : most - placed;
        Expression some = close;
        Expression none = oneOf("]");
        if (item != null && mostOthers > 0) {
            Expression another = sequence(JsonText.comma(), item);
            some = sequence(repeated(another, leastOthers, mostOthers), close);
            Expression others = sequence(
                    item,
                    repeated(
                            another,
                            Math.max(0, leastOthers - 1),
                            mostOthers == UNBOUNDED ? UNBOUNDED : mostOthers - 1),
                    close);
            none = leastOthers > 0 ? others : choice(none, others);
        }
        Rule first = new Rule(path + " without items").is(none);
        Rule rest = new Rule(path + " with items").is(some);
        for (int i = placed - 1; i >= 0; i--) {
            Expression begins = sequence(prefix.get(i), rest);
            Expression follows = sequence(JsonText.comma(), prefix.get(i), rest);
            boolean must = i < least;
            first = new Rule(path + " from " + i).is(must ? begins : choice(begins, oneOf("]")));
            rest = new Rule(path + " on from " + i).is(must ? follows : choice(follows, close));
        }
        return first;
    }
}
