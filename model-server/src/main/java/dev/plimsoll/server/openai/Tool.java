package dev.plimsoll.server.openai;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A function that the model may call.
 *
 * @param parameters JSON schema of its arguments; null when it takes none
 * @param strict whether a call's arguments must fit the schema, also where the model need not call
 * @param definition what the client sent, as templates take it
 */
public record Tool(
        String name,
        @Nullable Map<String, @Nullable Object> parameters,
        boolean strict,
        Map<String, @Nullable Object> definition) {
    private static final int MAX_TOOLS = 256;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");

    /** Reads the field {@code tools}. */
    static List<Tool> read(Field field) throws IOException {
        List<Tool> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        field.list(MAX_TOOLS, item -> {
            Map<String, @Nullable Object> definition = item.map();
            if (!"function".equals(definition.get("type"))
                    || !(definition.get("function") instanceof Map<?, ?> function)
                    || !(function.get("name") instanceof String name)
                    || !NAME.matcher(name).matches()) {
                throw item.wrong("of type function with a function that has a name of letters, digits, _, . and -");
            }
            Object parameters = function.get("parameters");
            if (parameters != null && !(parameters instanceof Map<?, ?>)) {
                throw item.wrong("a function whose parameters are a JSON schema");
            }
            if (!names.add(name)) {
                throw item.wrong("a function whose name no other has: " + name);
            }
            Object strict = function.get("strict");
            if (strict != null && !(strict instanceof Boolean)) {
                throw item.wrong("a function whose strict is true or false");
            }
            tools.add(new Tool(
                    name,
                    parameters == null ? null : Values.object(parameters),
                    Boolean.TRUE.equals(strict),
                    definition));
        });
        return tools;
    }
}
