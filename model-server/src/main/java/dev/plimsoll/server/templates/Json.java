package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Str;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code json.dumps}, as transformers' {@code tojson} calls it. */
final class Json {
    private final Output out;
    private final boolean ascii;
    private final @Nullable String indent;
    private final String itemSeparator;
    private final String keySeparator;
    private final boolean sorted;

    private Json(Arguments.Bound bound, Budget budget) {
        this.out = new Output(budget);
        this.ascii = bound.flag(1);
        this.indent = switch (bound.get(2)) {
            case Value.None none -> null;
            case Str str -> str.text();
            case Value spaces -> indentation(Numbers.index(spaces), budget);
        };
        List<Value> separators = bound.get(3) instanceof Value.None ? List.of() : Iteration.list(bound.get(3), budget);
        if (separators.size() != 2 && !separators.isEmpty()) {
            throw TemplateException.value("separators must be two texts");
        }
        this.itemSeparator = separators.isEmpty() ? indent == null ? ", " : "," : Text.ofString(separators.get(0));
        this.keySeparator = separators.isEmpty() ? ": " : Text.ofString(separators.get(1));
        this.sorted = bound.flag(4);
    }

    private static String indentation(int spaces, Budget budget) {
        budget.text(Math.max(0, spaces));
        return " ".repeat(Math.max(0, spaces));
    }

    static Value of(Value value, Arguments arguments, Budget budget) {
        List<Value> positional = new ArrayList<>(List.of(value));
        positional.addAll(arguments.positional());
        Json json = new Json(
                new Arguments(positional, arguments.named())
                        .bind("tojson", 1, "x", "ensure_ascii", "indent", "separators", "sort_keys"),
                budget);
        json.write(value, 0);
        return Value.str(json.out.toString());
    }

    private void write(Value value, int depth) {
        switch (value) {
            case Value.None none -> out.append("null");
            case Value.Bool bool -> out.append(bool.is() ? "true" : "false");
            case Value.Int integer -> out.append(Numbers.text(integer.number()));
            case Value.Real real -> out.append(number(real.number()));
            case Str str -> string(str.text());
            case Value.Sequence sequence -> list(sequence.items(), depth);
            case Dict dict -> object(dict, depth);
            default ->
                throw TemplateException.type("Object of type " + Types.name(value) + " is not JSON serializable");
        }
    }

    private static String number(double number) {
        return Double.isNaN(number)
                ? "NaN"
                : Double.isInfinite(number) ? number > 0 ? "Infinity" : "-Infinity" : Numbers.text(number);
    }

    private void list(List<Value> items, int depth) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        Iterator<Value> rest = items.iterator();
        line(depth + 1);
        while (rest.hasNext()) {
            write(rest.next(), depth + 1);
            if (rest.hasNext()) {
                out.append(itemSeparator);
                line(depth + 1);
            }
        }
        line(depth);
        out.append(']');
    }

    private void object(Dict dict, int depth) {
        if (dict.size() == 0) {
            out.append("{}");
            return;
        }
        List<Dict.Entry> entries = new ArrayList<>(dict.entries());
        if (sorted) {
            entries.sort((a, b) -> Comparison.sorting().compare(a.key(), b.key()));
        }
        out.append('{');
        Iterator<Dict.Entry> rest = entries.iterator();
        line(depth + 1);
        while (rest.hasNext()) {
            Dict.Entry entry = rest.next();
            string(key(entry.key()));
            out.append(keySeparator);
            write(entry.value(), depth + 1);
            if (rest.hasNext()) {
                out.append(itemSeparator);
                line(depth + 1);
            }
        }
        line(depth);
        out.append('}');
    }

    private static String key(Value key) {
        return switch (key) {
            case Str str -> str.text();
            case Value.None none -> "null";
            case Value.Bool bool -> bool.is() ? "true" : "false";
            case Value.Int integer -> Numbers.text(integer.number());
            case Value.Real real -> number(real.number());
            default ->
                throw TemplateException.type("keys must be str, int, float, bool or None, not " + Types.name(key));
        };
    }

    private void line(int depth) {
        if (indent != null) {
            out.append("\n").repeat(indent, depth);
        }
    }

    private void string(String text) {
        out.append('"');
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            String escape = escape(text.charAt(i));
            if (escape != null) {
                out.append(text.substring(plain, i)).append(escape);
                plain = i + 1;
            }
        }
        out.append(text.substring(plain)).append('"');
    }

    private @Nullable String escape(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case '\b' -> "\\b";
            default -> c < ' ' || (ascii && c > '~') ? String.format(Locale.ROOT, "\\u%04x", (int) c) : null;
        };
    }
}
