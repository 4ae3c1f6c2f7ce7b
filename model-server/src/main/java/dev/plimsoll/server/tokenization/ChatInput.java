package dev.plimsoll.server.tokenization;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation, as {@code apply_chat_template} takes it. Values are those of JSON: null, Boolean, numbers, strings,
 * lists and maps by string.
 *
 * @param messages each with a {@code role}
 * @param tools schemas of functions; null without
 * @param documents with {@code title} and {@code text}; null without
 * @param variables what the template sees beside these ({@code chat_template_kwargs})
 * @param addGenerationPrompt whether the text ends with the begin of an answer
 * @param continueFinalMessage whether the text ends within the last message, to go on with it
 */
public record ChatInput(
        List<? extends Map<String, ?>> messages,
        @Nullable List<? extends Map<String, ?>> tools,
        @Nullable List<? extends Map<String, ?>> documents,
        Map<String, ?> variables,
        boolean addGenerationPrompt,
        boolean continueFinalMessage) {
    /** Messages alone, to be answered. */
    public static ChatInput of(List<? extends Map<String, ?>> messages) {
        return new ChatInput(messages, null, null, Map.of(), true, false);
    }
}
