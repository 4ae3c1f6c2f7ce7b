package dev.plimsoll.server.openai;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to answer a conversation.
 *
 * @param messages as templates take them: {@code role}, {@code content} and, where there are any, {@code tool_calls}
 *     with their arguments as objects, {@code tool_call_id}, {@code name}
 * @param parallelToolCalls whether an answer may call more than one tool
 * @param logprobs most likely tokens to tell with their log-probabilities, beside the chosen one's; -1 tells none
 * @param templateVariables what the template hears beside messages and tools
 * @param addGenerationPrompt whether the prompt ends with the beginning of an answer
 * @see <a href="https://platform.openai.com/docs/api-reference/chat">the API</a>
 */
public record ChatRequest(
        GenerationFields generation,
        List<Map<String, @Nullable Object>> messages,
        List<Tool> tools,
        ToolChoice toolChoice,
        boolean parallelToolCalls,
        ResponseFormat responseFormat,
        int logprobs,
        Map<String, @Nullable Object> templateVariables,
        boolean addGenerationPrompt) {
    private static final int MAX_MESSAGES = 4096;
    private static final int MAX_TOP_LOGPROBS = 20;

    /**
     * Reads a body.
     *
     * @throws ApiException naming the field that is wrong
     */
    static ChatRequest read(JsonParser parser) throws IOException {
        Reader reader = new Reader();
        Field.readBody(parser, reader::read);
        return reader.request();
    }

    private static final class Reader {
        private final GenerationFields.Reader generation = new GenerationFields.Reader(1);
        private final List<Map<String, @Nullable Object>> messages = new ArrayList<>();
        private List<Tool> tools = List.of();
        private @Nullable ToolChoice toolChoice;
        private boolean parallelToolCalls = true;
        private ResponseFormat responseFormat = new ResponseFormat.Text();
        private boolean logprobs;
        private int topLogprobs;
        private Map<String, @Nullable Object> templateVariables = Map.of();
        private boolean addGenerationPrompt = true;

        void read(Field field) throws IOException {
            switch (field.name()) {
                case "messages" -> field.list(MAX_MESSAGES, item -> messages.add(Message.read(item)));
                case "tools" -> tools = List.copyOf(Tool.read(field));
                case "tool_choice" -> toolChoice = ToolChoice.read(field);
                case "parallel_tool_calls" -> parallelToolCalls = field.flag();
                case "response_format" -> responseFormat = ResponseFormat.read(field);
                case "logprobs" -> logprobs = field.flag();
                case "top_logprobs" -> topLogprobs = (int) field.integer(0, MAX_TOP_LOGPROBS);
                case "chat_template_kwargs" -> templateVariables = field.map();
                case "add_generation_prompt" -> addGenerationPrompt = field.flag();
                case "modalities" -> field.neutral(List.of("text"));
                case "continue_final_message", "add_special_tokens", "echo" -> field.neutral(false);
                default -> {
                    if (!generation.read(field)) {
                        throw field.unknown();
                    }
                }
            }
        }

        ChatRequest request() {
            if (messages.isEmpty()) {
                throw ApiException.invalid("messages", "there are no messages");
            }
            if (topLogprobs > 0 && !logprobs) {
                throw ApiException.invalid("top_logprobs", "top_logprobs needs logprobs to be true");
            }
            if (toolChoice != null && tools.isEmpty() && !(toolChoice instanceof ToolChoice.None)) {
                throw ApiException.invalid("tool_choice", "tool_choice needs tools");
            }
            if (toolChoice instanceof ToolChoice.Named(String name)
                    && tools.stream().noneMatch(tool -> tool.name().equals(name))) {
                throw ApiException.invalid("tool_choice", "tool_choice names none of the tools: " + name);
            }
            return new ChatRequest(
                    generation.fields(),
                    List.copyOf(messages),
                    tools,
                    toolChoice == null ? new ToolChoice.Auto() : toolChoice,
                    parallelToolCalls,
                    responseFormat,
                    logprobs ? topLogprobs : -1,
                    templateVariables,
                    addGenerationPrompt);
        }
    }
}
