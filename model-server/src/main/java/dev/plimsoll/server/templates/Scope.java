package dev.plimsoll.server.templates;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names of a body, and of those around it. */
final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, Value> names;

    private Scope(@Nullable Scope outer, Map<String, Value> names) {
        this.outer = outer;
        this.names = names;
    }

    static Scope of(Map<String, Value> names) {
        return new Scope(null, names);
    }

    Scope inner() {
        return new Scope(this, new HashMap<>(8));
    }

    void set(String name, Value value) {
        names.put(name, value);
    }

    Value get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value value = scope.names.get(name);
            if (value != null) {
                return value;
            }
        }
        return Undefined.named(name);
    }
}
