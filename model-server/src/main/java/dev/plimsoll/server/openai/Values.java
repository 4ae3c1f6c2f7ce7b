package dev.plimsoll.server.openai;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON values as Java has them: maps with texts as keys, lists, texts, numbers, booleans, nulls. */
final class Values {
    private Values() {}

    /** A value that is known to be an object. */
    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> object(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new IllegalArgumentException("no object");
    }

    /** A value that is known to be a list. */
    @SuppressWarnings("unchecked")
    static List<@Nullable Object> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return (List<@Nullable Object>) list;
        }
        throw new IllegalArgumentException("no list");
    }
}
