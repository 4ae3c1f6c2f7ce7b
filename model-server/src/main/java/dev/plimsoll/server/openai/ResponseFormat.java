package dev.plimsoll.server.openai;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What shape the text of an answer must have. */
public sealed interface ResponseFormat {
    /** Any text. */
    record Text() implements ResponseFormat {}

    /** A JSON object. */
    record JsonObject() implements ResponseFormat {}

    /** JSON that a schema describes. */
    record JsonSchema(Map<String, @Nullable Object> schema) implements ResponseFormat {}

    /** Reads the field {@code response_format}. */
    static ResponseFormat read(Field field) throws IOException {
        Map<String, @Nullable Object> format = field.map();
        return switch (String.valueOf(format.get("type"))) {
            case "text" -> new Text();
            case "json_object" -> new JsonObject();
            case "json_schema" -> {
                if (format.get("json_schema") instanceof Map<?, ?> named
                        && named.get("schema") instanceof Map<?, ?> s) {
                    yield new JsonSchema(Values.object(s));
                }
                throw field.wrong("of type json_schema with json_schema.schema");
            }
            default -> throw field.wrong("of type text, json_object or json_schema");
        };
    }
}
