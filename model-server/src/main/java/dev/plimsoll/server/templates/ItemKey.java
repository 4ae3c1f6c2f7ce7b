package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Str;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a filter looks at in an item: itself, or an attribute by its path, such as {@code function.name}. */
record ItemKey(Attributes attributes) {
    /**
     * A key.
     *
     * @param attribute a path, an index, or None for the item itself
     * @param otherwise in place of what is undefined; null without
     * @param caseless whether texts are in lower case
     */
    Function<Value, Value> of(Value attribute, @Nullable Value otherwise, boolean caseless) {
        List<Value> path = path(attribute);
        return item -> {
            Value value = item;
            for (Value part : path) {
                value = attributes.item(value, part);
                if (otherwise != null && value instanceof Undefined) {
                    value = otherwise;
                }
            }
            return caseless ? caseless(value) : value;
        };
    }

    /** A list of keys, one for each path between commas. */
    Function<Value, Value> several(Value attribute, boolean caseless) {
        List<Function<Value, Value>> keys = new ArrayList<>();
        if (attribute instanceof Str str) {
            SplitText.at(str.text(), ",", -1, false).forEach(path -> keys.add(of(Value.str(path), null, caseless)));
        } else {
            keys.add(of(attribute, null, caseless));
        }
        return item -> {
            List<Value> values = new ArrayList<>();
            keys.forEach(key -> values.add(key.apply(item)));
            return Value.ListValue.of(values);
        };
    }

    static Value caseless(Value value) {
        return value instanceof Str str ? new Str(str.text().toLowerCase(Locale.ROOT), str.markup()) : value;
    }

    private static List<Value> path(Value attribute) {
        if (attribute instanceof Value.None) {
            return List.of();
        }
        if (!(attribute instanceof Str str)) {
            return List.of(attribute);
        }
        List<Value> path = new ArrayList<>();
        for (String part : SplitText.at(str.text(), ".", -1, false)) {
            boolean index =
                    !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            path.add(index ? Value.Int.of(Long.parseLong(part)) : Value.str(part));
        }
        return path;
    }
}
