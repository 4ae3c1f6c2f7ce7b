package dev.plimsoll.server.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What clients get back.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference">the API</a>
 */
@SuppressWarnings("ArrayRecordComponent")
public final class Answers {
    private Answers() {}

    /** Counts of tokens. */
    public record Usage(
            @JsonProperty("prompt_tokens") int promptTokens,
            @JsonProperty("completion_tokens") int completionTokens,
            @JsonProperty("total_tokens") int totalTokens) {
        Usage(int promptTokens, int completionTokens) {
            this(promptTokens, completionTokens, promptTokens + completionTokens);
        }
    }

    /**
     * A call of a tool.
     *
     * @param index of the call in its message; in streams alone
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ToolCall(@Nullable Integer index, String id, String type, Function function) {
        /** What is called; the arguments are JSON as a text. */
        public record Function(String name, String arguments) {}
    }

    /** A message, or what is new of it in a stream. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Message(
            @Nullable String role,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String content,

            @JsonProperty("tool_calls") @Nullable List<ToolCall> toolCalls) {}

    /** What is new of a message. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Delta(
            @Nullable String role,
            @Nullable String content,
            @JsonProperty("tool_calls") @Nullable List<ToolCall> toolCalls) {}

    /** Log-probabilities of a chat's tokens. */
    public record ChatLogprobs(List<ChatToken> content) {}

    /** A token of a chat, with the most likely ones in its place. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ChatToken(
            String token,
            float logprob,
            int[] bytes,
            @JsonProperty("top_logprobs") @Nullable List<ChatToken> topLogprobs) {}

    /**
     * Log-probabilities of a completion's tokens.
     *
     * @param tokenLogprobs null for the first token of a prompt, as its entry of {@code topLogprobs}
     * @param textOffset where each token begins in the text, in UTF-16 units
     */
    public record TextLogprobs(
            List<String> tokens,
            @JsonProperty("token_logprobs") List<@Nullable Float> tokenLogprobs,
            @JsonProperty("top_logprobs") List<@Nullable Map<String, Float>> topLogprobs,
            @JsonProperty("text_offset") List<Integer> textOffset) {}

    /**
     * One choice: {@code message} of a chat, {@code delta} of its stream, {@code text} of a completion.
     *
     * @param tokenIds as vLLM names them, when asked for
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Choice(
            int index,
            @Nullable Message message,
            @Nullable Delta delta,
            @Nullable String text,
            @Nullable Object logprobs,

            @JsonProperty("finish_reason") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String finishReason,

            @JsonProperty("token_ids") @Nullable List<Integer> tokenIds,
            @JsonProperty("prompt_token_ids") @Nullable List<Integer> promptTokenIds) {}

    /** A whole answer, or a chunk of a stream of which no counts were asked for. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Completion(
            String id,
            String object,
            long created,
            String model,
            List<Choice> choices,
            @Nullable Usage usage) {}

    /** A chunk of a stream whose last one has the counts: null before. */
    public record CountedChunk(
            String id,
            String object,
            long created,
            String model,
            List<Choice> choices,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Usage usage) {}

    /** The vectors of a request. */
    public record Embeddings(String object, List<Embedding> data, String model, EmbeddingsUsage usage) {}

    /** One vector: numbers, or base64 of little-endian float32. */
    public record Embedding(String object, int index, Object embedding) {}

    /** Counts of tokens that were read. */
    public record EmbeddingsUsage(
            @JsonProperty("prompt_tokens") int promptTokens,
            @JsonProperty("total_tokens") int totalTokens) {}

    /** A model that is served. */
    public record Model(
            String id,
            String object,
            long created,
            @JsonProperty("owned_by") String ownedBy,
            @JsonProperty("max_model_len") int maxModelLength) {}

    /** All of them. */
    public record Models(String object, List<Model> data) {}

    /** Version of the server. */
    public record Version(String version) {}

    /** Tokens of a text. */
    public record Tokens(
            int count, @JsonProperty("max_model_len") int maxModelLength, int[] tokens) {}

    /** The text of tokens. */
    public record DetokenizedText(String prompt) {}
}
