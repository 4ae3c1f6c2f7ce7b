package dev.plimsoll.server.grammar;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as JSON, in one way: without white space, with escapes where they must be. */
final class JsonLiteral {
    private JsonLiteral() {}

    static String of(@Nullable Object value) {
        StringBuilder text = new StringBuilder();
        write(value, text);
        return text.toString();
    }

    private static void write(@Nullable Object value, StringBuilder text) {
        switch (value) {
            case null -> text.append("null");
            case CharSequence string -> string(string, text);
            case BigDecimal number -> text.append(number);
            case Number number -> text.append(number);
            case Boolean flag -> text.append(flag);
            case List<?> list -> {
                text.append('[');
                for (int i = 0; i < list.size(); i++) {
                    text.append(i == 0 ? "" : ", ");
                    write(list.get(i), text);
                }
                text.append(']');
            }
            case Map<?, ?> map -> {
                text.append('{');
                String before = "";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    text.append(before);
                    string(String.valueOf(entry.getKey()), text);
                    text.append(": ");
                    write(entry.getValue(), text);
                    before = ", ";
                }
                text.append('}');
            }
            default -> throw new IllegalArgumentException("no JSON: " + value.getClass());
        }
    }

    private static void string(CharSequence string, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char one = string.charAt(i);
            boolean pair = Character.isHighSurrogate(one)
                    && i + 1 < string.length()
                    && Character.isLowSurrogate(string.charAt(i + 1));
            if (pair) {
                text.append(one).append(string.charAt(++i));
            } else {
                text.append(character(one));
            }
        }
        text.append('"');
    }

    /** A character in a string. */
    static String character(char one) {
        return switch (one) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default ->
                one < ' ' || Character.isSurrogate(one) ? String.format("\\u%04x", (int) one) : String.valueOf(one);
        };
    }
}
