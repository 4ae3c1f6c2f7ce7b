package dev.plimsoll.server.templates;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code namespace()}: what a template may change inside a loop. */
final class Namespace implements Value.ObjectValue {
    private final Map<String, Value> attributes = new LinkedHashMap<>();

    void set(String name, Value value) {
        if (name.startsWith("_")) {
            throw TemplateException.security(
                    "Chat templates cannot store underscore-prefixed attributes on a namespace, but got "
                            + Text.quoted(name) + ". Please rename the attribute.");
        }
        attributes.put(name, value);
    }

    Dict attributes() {
        Dict.Builder dict = new Dict.Builder();
        attributes.forEach((name, value) -> dict.put(Value.str(name), value));
        return dict.build();
    }

    @Override
    public @Nullable Value attribute(String name) {
        return attributes.get(name);
    }

    @Override
    public String typeName() {
        return "Namespace";
    }
}
