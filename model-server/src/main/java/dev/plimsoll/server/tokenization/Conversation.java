package dev.plimsoll.server.tokenization;

import dev.plimsoll.server.templates.TemplateException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages as transformers gives them to a template: fields that are null are absent, reasoning goes by each of its names,
 * and a message that is to be continued is marked where it ends.
 *
 * @param messages what the template sees
 * @param continued text of the last message that is to be continued; null without
 */
record Conversation(
        List<Map<String, Object>> messages, @Nullable String continued) {
    /** Stands in a rendered text where the answer goes on. */
    private static final String MARK = "CONTINUE_FINAL_MESSAGE_TAG ";

    /** The first is what templates read. */
    private static final List<String> REASONING = List.of("reasoning_content", "thinking", "reasoning");

    static Conversation of(ChatInput input) {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (Map<String, ?> message : input.messages()) {
            messages.add(withReasoning(withoutNulls(message)));
        }
        if (!input.continueFinalMessage()) {
            return new Conversation(messages, null);
        }
        if (input.addGenerationPrompt()) {
            throw new TemplateException("continue_final_message and add_generation_prompt exclude each other");
        }
        if (messages.isEmpty()) {
            throw new TemplateException("continue_final_message needs a message");
        }
        return marked(messages);
    }

    private static Map<String, Object> withoutNulls(Map<String, ?> message) {
        Map<String, Object> present = new LinkedHashMap<>();
        message.forEach((name, value) -> {
            if (value != null) {
                present.put(name, value);
            }
        });
        return present;
    }

    private static Map<String, Object> withReasoning(Map<String, Object> message) {
        for (String name : REASONING) {
            Object reasoning = message.get(name);
            if (reasoning != null) {
                Map<String, Object> named = new LinkedHashMap<>();
                named.put("thinking", reasoning);
                named.putAll(message);
                named.put("reasoning_content", reasoning);
                return named;
            }
        }
        return message;
    }

    private static Conversation marked(List<Map<String, Object>> messages) {
        Map<String, Object> last = new LinkedHashMap<>(messages.getLast());
        Object content = last.get("content");
        String text;
        if (content instanceof List<?> parts) {
            List<Object> marked = new ArrayList<>(parts);
            int at = marked.size() - 1;
            while (at >= 0 && !(marked.get(at) instanceof Map<?, ?> part && part.get("text") instanceof String)) {
                at--;
            }
            if (at < 0) {
                throw new TemplateException("continue_final_message needs a text in the last message");
            }
            Map<Object, Object> part = new LinkedHashMap<>((Map<?, ?>) marked.get(at));
            text = String.valueOf(part.get("text"));
            part.put("text", text + MARK);
            marked.set(at, part);
            last.put("content", marked);
        } else if (content instanceof String whole) {
            text = whole;
            last.put("content", whole + MARK);
        } else {
            throw new TemplateException("continue_final_message needs a content in the last message");
        }
        List<Map<String, Object>> all = new ArrayList<>(messages);
        all.set(all.size() - 1, last);
        return new Conversation(all, text);
    }

    /** The rendered text up to where the answer goes on. */
    String cut(String rendered) {
        if (continued == null) {
            return rendered;
        }
        int at = rendered.lastIndexOf(MARK.strip());
        if (at < 0 || !rendered.contains(continued.strip())) {
            throw new TemplateException(
                    "continue_final_message: the chat template does not print the last message as it is");
        }
        String text = rendered.substring(0, at);
        return rendered.startsWith(MARK, at) ? text : text.stripTrailing();
    }
}
