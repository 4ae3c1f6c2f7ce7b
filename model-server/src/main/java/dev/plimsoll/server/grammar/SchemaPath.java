package dev.plimsoll.server.grammar;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where in a schema something is, as people write it. */
record SchemaPath(String path) {
    static final SchemaPath ROOT = new SchemaPath("");

    static SchemaPath at(String pointer) {
        return new SchemaPath(shortened(pointer.replace("#/", "").replace('/', '.')));
    }

    SchemaPath to(String step) {
        return new SchemaPath(path.isEmpty() ? shortened(step) : path + "." + shortened(step));
    }

    GrammarException wrong(String what) {
        return new GrammarException(this + " " + what);
    }

    /** A count that a keyword says. */
    int count(Map<String, @Nullable Object> schema, String keyword, int otherwise) {
        Object value = schema.get(keyword);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number
                && number.doubleValue() >= 0
                && number.doubleValue() <= Integer.MAX_VALUE - 1
                && number.doubleValue() == Math.rint(number.doubleValue())) {
            return number.intValue();
        }
        throw to(keyword).wrong("must be a whole number, 0 at least");
    }

    static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }

    @Override
    public String toString() {
        String shown = path.length() > 300 ? "..." + path.substring(path.length() - 300) : path;
        return shown.isEmpty() ? "the schema" : shown;
    }
}
