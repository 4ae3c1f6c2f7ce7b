package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Str;
import java.util.Iterator;
import java.util.Locale;

/** {@code str} and {@code repr} of values. */
final class Text {
    private static final int SHORT = 200;

    private Text() {}

    /** {@code str(value)}. */
    static String str(Value value, Budget budget) {
        if (value instanceof Str str) {
            return str.text();
        }
        if (value instanceof Undefined) {
            return "";
        }
        return repr(value, budget);
    }

    static String repr(Value value, Budget budget) {
        Output output = new Output(budget);
        repr(value, output, 0);
        return output.toString();
    }

    /** The text of a value that must be a string. */
    static String ofString(Value value) {
        if (value instanceof Str str) {
            return str.text();
        }
        if (value instanceof Undefined undefined) {
            throw undefined.failure();
        }
        throw TemplateException.type("a str is needed, not " + Types.name(value));
    }

    /** For messages: no longer than a line. */
    static String shortRepr(Value value) {
        Output output = new Output(new Budget(RenderLimits.DEFAULT));
        repr(value, output, 0);
        String whole = output.toString();
        return whole.length() <= SHORT ? whole : whole.substring(0, SHORT) + "...";
    }

    private static void repr(Value value, Output out, int depth) {
        if (depth > RenderLimits.MAX_NESTING) {
            throw new TemplateLimitException("values nest deeper than " + RenderLimits.MAX_NESTING);
        }
        switch (value) {
            case Value.None none -> out.append("None");
            case Value.Bool bool -> out.append(bool.is() ? "True" : "False");
            case Value.Int integer -> out.append(Numbers.text(integer.number()));
            case Value.Real real -> out.append(Numbers.text(real.number()));
            case Str str -> out.append(str.markup() ? "Markup(" + quoted(str.text()) + ")" : quoted(str.text()));
            case Value.ListValue list -> items(list.items().iterator(), "[", "]", out, depth);
            case Value.TupleValue tuple ->
                items(tuple.items().iterator(), "(", tuple.items().size() == 1 ? ",)" : ")", out, depth);
            case Dict dict -> entries(dict, out, depth);
            case DictView view -> items(view.iterator(), view.typeName() + "([", "])", out, depth);
            case Namespace namespace -> {
                out.append("<Namespace ");
                entries(namespace.attributes(), out, depth);
                out.append(">");
            }
            case Value.ObjectValue object -> out.append(object.toString());
            case Value.Callable callable -> out.append(callable.toString());
        }
    }

    private static void items(Iterator<Value> items, String open, String close, Output out, int depth) {
        out.append(open);
        String separator = "";
        while (items.hasNext()) {
            out.append(separator);
            repr(items.next(), out, depth + 1);
            separator = ", ";
        }
        out.append(close);
    }

    private static void entries(Dict dict, Output out, int depth) {
        out.append("{");
        String separator = "";
        for (Dict.Entry entry : dict.entries()) {
            out.append(separator);
            repr(entry.key(), out, depth + 1);
            out.append(": ");
            repr(entry.value(), out, depth + 1);
            separator = ", ";
        }
        out.append("}");
    }

    /** {@code repr} of a string: in quotes of the kind that it does not hold. */
    static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            switch (point) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (point == quote) {
                        out.append('\\').append(quote);
                    } else if (Characters.isPrintable(point)) {
                        out.appendCodePoint(point);
                    } else {
                        out.append(escape(point));
                    }
                }
            }
        }
        return out.append(quote).toString();
    }

    static String escape(int point) {
        String format = point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x";
        return String.format(Locale.ROOT, format, point);
    }

    /** {@code ascii} of a string's {@code repr}. */
    static String ascii(String repr) {
        StringBuilder out = new StringBuilder();
        repr.codePoints().forEach(point -> {
            if (point < 0x80) {
                out.appendCodePoint(point);
            } else {
                out.append(escape(point));
            }
        });
        return out.toString();
    }
}
