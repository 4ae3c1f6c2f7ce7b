package dev.plimsoll.server.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What clients get back.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/chat">the API</a>
 */
final class Answers {
    private Answers() {}

    record Usage(
            @JsonProperty("prompt_tokens") int promptTokens,
            @JsonProperty("completion_tokens") int completionTokens,
            @JsonProperty("total_tokens") int totalTokens) {
        Usage(int promptTokens, int completionTokens) {
            this(promptTokens, completionTokens, promptTokens + completionTokens);
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Message(@Nullable String role, @Nullable String content) {}

    /**
     * One choice: {@code message} of a chat, {@code delta} of its stream, {@code text} otherwise.
     *
     * @param tokenIds as vLLM names them, when asked for
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Choice(
            int index,
            @Nullable Message message,
            @Nullable Message delta,
            @Nullable String text,

            @JsonProperty("finish_reason") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String finishReason,

            @JsonProperty("token_ids") @Nullable List<Integer> tokenIds,
            @JsonProperty("prompt_token_ids") @Nullable List<Integer> promptTokenIds) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Completion(
            String id,
            String object,
            long created,
            String model,
            List<Choice> choices,
            @Nullable Usage usage) {}

    record Model(
            String id,
            String object,
            long created,
            @JsonProperty("owned_by") String ownedBy,
            @JsonProperty("max_model_len") int maxModelLength) {}

    record Models(String object, List<Model> data) {}
}
