package dev.plimsoll.server.openai;

import dev.plimsoll.server.openai.tools.ToolCallReader;
import dev.plimsoll.server.openai.tools.ToolFormat;
import dev.plimsoll.server.templates.TemplateException;
import dev.plimsoll.server.tokenization.ChatEncoder;
import dev.plimsoll.server.tokenization.ChatInput;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a conversation becomes.
 *
 * @param tools how the model calls tools in its answer; null where it has none
 */
@SuppressWarnings("ArrayRecordComponent")
record ChatPrompt(int[] ids, @Nullable ToolFormat tools) {
    /** Makes what finds calls of tools in an answer. */
    Supplier<ToolCallReader> toolCalls() {
        return tools == null ? ToolCallReader::none : tools::reader;
    }

    /**
     * Renders and tokenizes.
     *
     * @throws ApiException when the template cannot say what is in the request, or refuses it
     */
    static ChatPrompt of(Served served, ChatRequest request) {
        ChatEncoder encoder = served.chats();
        if (encoder == null) {
            throw ApiException.invalid(
                    "messages", "the checkpoint has no chat template: use /v1/completions with a prompt");
        }
        boolean tools = !request.tools().isEmpty() && !(request.toolChoice() instanceof ToolChoice.None);
        ChatInput input = new ChatInput(
                request.messages(),
                tools ? request.tools().stream().map(Tool::definition).toList() : null,
                null,
                request.templateVariables(),
                request.addGenerationPrompt(),
                false);
        String source = encoder.template().source(input);
        requireSaid(source, request.messages());
        ToolFormat format = tools ? ToolFormat.of(source) : null;
        if (tools && format == null) {
            throw ApiException.invalid("tools", "the chat template of this model defines no tools");
        }
        return new ChatPrompt(
                served.encoded("messages", () -> encoded(encoder, input, served.maxSequenceTokens())), format);
    }

    private static int[] encoded(ChatEncoder encoder, ChatInput input, int maxTokens) {
        try {
            return encoder.encode(input, maxTokens);
        } catch (TemplateException e) {
            String problem = encoder.template().problem();
            if (problem != null) {
                throw ApiException.internal("no chat can be served with this checkpoint: " + problem);
            }
            throw ApiException.invalid("messages", "the chat template refuses these messages: " + e.getMessage());
        }
    }

    /** Refuses what a template would drop in silence. */
    private static void requireSaid(String source, List<Map<String, @Nullable Object>> messages) {
        for (int i = 0; i < messages.size(); i++) {
            Map<String, @Nullable Object> message = messages.get(i);
            if (message.containsKey("tool_calls") && !source.contains("tool_calls")) {
                throw ApiException.invalid(
                        "messages[" + i + "].tool_calls", "the chat template of this model knows no tool_calls");
            }
        }
    }
}
