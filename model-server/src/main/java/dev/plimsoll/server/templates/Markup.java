package dev.plimsoll.server.templates;

import dev.plimsoll.server.templates.Value.Str;

/** HTML escapes, as {@code |escape} makes them and strings marked {@code |safe} make of what joins them. */
final class Markup {
    private Markup() {}

    /** The text; escaped unless it is marked already. */
    static String escape(Str str) {
        return str.markup() ? str.text() : escape(str.text());
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    static Str of(Value value, Budget budget) {
        return value instanceof Str str && str.markup() ? str : new Str(escape(Text.str(value, budget)), true);
    }
}
