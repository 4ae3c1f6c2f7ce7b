package dev.plimsoll.server.openai;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Whether the model calls tools. */
public sealed interface ToolChoice {
    /** It answers with text; tools are not part of the prompt. */
    record None() implements ToolChoice {}

    /** It may. */
    record Auto() implements ToolChoice {}

    /** It calls one of them at least. */
    record Required() implements ToolChoice {}

    /** It calls this one. */
    record Named(String name) implements ToolChoice {}

    /** Reads the field {@code tool_choice}. */
    static ToolChoice read(Field field) throws IOException {
        if (field.isText()) {
            return switch (field.word(List.of("none", "auto", "required"))) {
                case "none" -> new None();
                case "auto" -> new Auto();
                default -> new Required();
            };
        }
        if (field.map().get("function") instanceof Map<?, ?> function && function.get("name") instanceof String name) {
            return new Named(name);
        }
        throw field.wrong("none, auto, required, or name a function");
    }
}
