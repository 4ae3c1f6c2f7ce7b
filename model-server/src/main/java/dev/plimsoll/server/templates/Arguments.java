package dev.plimsoll.server.templates;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a call passes. */
record Arguments(List<Value> positional, Map<String, Value> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** Arguments by parameter; absent ones are null. */
    static final class Bound {
        private final @Nullable Value[] values;

        private Bound(@Nullable Value[] values) {
            this.values = values;
        }

        boolean has(int index) {
            return values[index] != null;
        }

        Value get(int index) {
            return get(index, Value.NONE);
        }

        Value get(int index, Value otherwise) {
            Value value = values[index];
            return value == null ? otherwise : value;
        }

        boolean flag(int index) {
            return Truth.of(get(index, Value.FALSE));
        }

        /** An integer; {@code otherwise} when absent. */
        int integer(int index, int otherwise) {
            Value value = values[index];
            return value == null ? otherwise : Numbers.index(value);
        }

        String text(int index, String otherwise) {
            Value value = values[index];
            return value == null ? otherwise : Text.ofString(value);
        }
    }

    /**
     * Binds to parameters as Python does.
     *
     * @param function for messages
     * @param required how many of the first parameters must be given
     */
    Bound bind(String function, int required, String... parameters) {
        if (positional.size() > parameters.length) {
            throw TemplateException.type(function + "() takes " + parameters.length + " positional arguments but "
                    + positional.size() + " were given");
        }
        @Nullable Value[] values = new Value[parameters.length];
        for (int i = 0; i < positional.size(); i++) {
            values[i] = positional.get(i);
        }
        Map<String, Value> rest = new LinkedHashMap<>(named);
        for (int i = 0; i < parameters.length; i++) {
            Value value = rest.remove(parameters[i]);
            if (value != null && values[i] != null) {
                throw TemplateException.type(
                        function + "() got multiple values for argument " + Text.quoted(parameters[i]));
            }
            if (value != null) {
                values[i] = value;
            }
        }
        if (!rest.isEmpty()) {
            throw TemplateException.type(function + "() got an unexpected keyword argument "
                    + Text.quoted(rest.keySet().iterator().next()));
        }
        for (int i = 0; i < required; i++) {
            if (values[i] == null) {
                throw TemplateException.type(
                        function + "() missing a required argument: " + Text.quoted(parameters[i]));
            }
        }
        return new Bound(values);
    }

    /** For functions without keyword arguments. */
    Bound only(String function, int required, int most) {
        if (!named.isEmpty()) {
            throw TemplateException.type(function + "() takes no keyword arguments");
        }
        String[] parameters = new String[most];
        for (int i = 0; i < most; i++) {
            parameters[i] = "argument " + (i + 1);
        }
        return bind(function, required, parameters);
    }
}
