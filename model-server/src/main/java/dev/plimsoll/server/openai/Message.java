package dev.plimsoll.server.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks a message of a conversation and gives it the shape that templates take: a content that is one text, tool calls
 * whose arguments are objects.
 */
final class Message {
    private static final List<String> ROLES = List.of("system", "developer", "user", "assistant", "tool");
    private static final ObjectMapper JSON = new ObjectMapper(RequestReader.FACTORY);

    private final Field field;
    private final Map<String, @Nullable Object> sent;
    private final Map<String, @Nullable Object> message = new LinkedHashMap<>();

    private Message(Field field, Map<String, @Nullable Object> sent) {
        this.field = field;
        this.sent = sent;
    }

    static Map<String, @Nullable Object> read(Field field) throws IOException {
        return new Message(field, field.map()).checked();
    }

    private Map<String, @Nullable Object> checked() {
        if (!(sent.get("role") instanceof String role) || !ROLES.contains(role)) {
            throw field.wrong("a message whose role is one of " + String.join(", ", ROLES));
        }
        message.put("role", role);
        message.put("content", content(role, sent.get("content")));
        sent.forEach((name, value) -> {
            switch (name) {
                case "role", "content" -> {}
                case "name", "tool_call_id", "reasoning_content" -> text(name, value);
                case "tool_calls" -> toolCalls(role, value);
                case "refusal", "audio", "annotations", "function_call" -> nothing(name, value);
                default -> nothing(name, value);
            }
        });
        return message;
    }

    private void text(String name, @Nullable Object value) {
        if (value instanceof String) {
            message.put(name, value);
        } else if (value != null) {
            throw wrong(name, "must be a text");
        }
    }

    private void nothing(String name, @Nullable Object value) {
        if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
            throw wrong(name, "is not implemented: leave it out");
        }
    }

    /** A text, or a list of parts that are text; an assistant's may be missing beside tool calls. */
    private @Nullable String content(String role, @Nullable Object content) {
        return switch (content) {
            case String text -> text;
            case List<?> parts -> joined(parts);
            case null -> {
                if (role.equals("assistant") && sent.get("tool_calls") instanceof List<?>) {
                    yield null;
                }
                if (role.equals("assistant")) {
                    yield "";
                }
                throw wrong("content", "is missing");
            }
            default -> throw wrong("content", "must be a text or a list of parts");
        };
    }

    private String joined(List<?> parts) {
        StringBuilder text = new StringBuilder();
        for (Object part : parts) {
            if (!(part instanceof Map<?, ?> map)
                    || !"text".equals(map.get("type"))
                    || !(map.get("text") instanceof String piece)) {
                throw wrong("content", "may hold parts of type text alone");
            }
            text.append(piece);
        }
        return text.toString();
    }

    private void toolCalls(String role, @Nullable Object value) {
        if (value == null || (value instanceof List<?> list && list.isEmpty())) {
            return;
        }
        if (!role.equals("assistant") || !(value instanceof List<?> calls)) {
            throw wrong("tool_calls", "must be a list, of an assistant's message");
        }
        List<@Nullable Object> checked = new ArrayList<>();
        for (Object call : calls) {
            if (!(call instanceof Map<?, ?> map)
                    || !(map.get("function") instanceof Map<?, ?> function)
                    || !(function.get("name") instanceof String name)) {
                throw wrong("tool_calls", "must each have a function with a name");
            }
            Map<String, @Nullable Object> called = new LinkedHashMap<>();
            called.put("name", name);
            called.put("arguments", arguments(function.get("arguments")));
            Map<String, @Nullable Object> whole = new LinkedHashMap<>();
            if (map.get("id") instanceof String id) {
                whole.put("id", id);
            }
            whole.put("type", "function");
            whole.put("function", called);
            checked.add(whole);
        }
        message.put("tool_calls", checked);
    }

    private Object arguments(@Nullable Object arguments) {
        if (arguments instanceof Map<?, ?>) {
            return arguments;
        }
        if (!(arguments instanceof String text)) {
            throw wrong("tool_calls", "must each have arguments: JSON, as a text");
        }
        try {
            Object parsed = text.isBlank() ? Map.of() : JSON.readValue(text, Object.class);
            if (parsed instanceof Map<?, ?>) {
                return parsed;
            }
        } catch (JsonProcessingException e) {
            // Told below, as for any other JSON.
        }
        throw wrong("tool_calls", "must have arguments that are a JSON object");
    }

    private ApiException wrong(String name, String why) {
        String where = field.name() + "." + (name.length() > 100 ? name.substring(0, 100) : name);
        return ApiException.invalid(where, where + " " + why);
    }
}
