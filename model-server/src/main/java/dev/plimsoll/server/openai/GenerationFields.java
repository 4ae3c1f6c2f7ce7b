package dev.plimsoll.server.openai;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What completions and chats have in common; what was not said is null, or what it means to say nothing. Names and
 * meanings are OpenAI's; those that it does not have are vLLM's.
 *
 * @param model asked for
 * @param maxTokens tokens to generate at most
 * @param logitBias added to logits, by token id
 * @param n choices for each prompt
 * @param stop texts that end an answer
 * @param stopTokenIds tokens that end an answer, beside those of the checkpoint
 * @param ignoreEos whether the checkpoint's end tokens do not end it
 * @param includeUsage whether a stream ends with counts of tokens
 * @param returnTokenIds whether token ids are part of the answer
 * @param priority lower goes first
 */
public record GenerationFields(
        @Nullable String model,
        @Nullable Integer maxTokens,
        int minTokens,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer topK,
        @Nullable Double minP,
        double presencePenalty,
        double frequencyPenalty,
        @Nullable Double repetitionPenalty,
        Map<Integer, Float> logitBias,
        @Nullable Long seed,
        int n,
        List<String> stop,
        Set<Integer> stopTokenIds,
        boolean ignoreEos,
        boolean stream,
        boolean includeUsage,
        boolean returnTokenIds,
        int priority) {
    private static final int MAX_STOPS = 16;
    private static final int MAX_STOP_CHARACTERS = 512;
    private static final int MAX_STOP_IDS = 256;
    private static final int MAX_BIASES = 1024;
    private static final int MAX_CHOICES = 128;

    /** Reads these fields of a request. */
    static final class Reader {
        private final int leastTokens;
        private @Nullable String model;
        private @Nullable Integer maxTokens;
        private @Nullable Integer maxCompletionTokens;
        private int minTokens;
        private @Nullable Double temperature;
        private @Nullable Double topP;
        private @Nullable Integer topK;
        private @Nullable Double minP;
        private double presencePenalty;
        private double frequencyPenalty;
        private @Nullable Double repetitionPenalty;
        private Map<Integer, Float> logitBias = Map.of();
        private @Nullable Long seed;
        private int n = 1;
        private int bestOf = 1;
        private List<String> stop = List.of();
        private final Set<Integer> stopTokenIds = new HashSet<>();
        private boolean ignoreEos;
        private boolean stream;
        private boolean streamOptions;
        private boolean includeUsage;
        private boolean returnTokenIds;
        private int priority;

        /** @param leastTokens that may be asked for */
        Reader(int leastTokens) {
            this.leastTokens = leastTokens;
        }

        /** Takes a field; false when it is none of these. */
        boolean read(Field field) throws IOException {
            switch (field.name()) {
                case "model" -> model = field.text();
                case "max_tokens" -> maxTokens = (int) field.integer(leastTokens, Integer.MAX_VALUE);
                case "max_completion_tokens" ->
                    maxCompletionTokens = (int) field.integer(leastTokens, Integer.MAX_VALUE);
                case "min_tokens" -> minTokens = (int) field.integer(0, Integer.MAX_VALUE);
                case "temperature" -> temperature = field.number(0, 2);
                case "top_p" -> topP = field.number(0, 1);
                case "top_k" -> topK = (int) Math.max(0, field.integer(-1, Integer.MAX_VALUE));
                case "min_p" -> minP = field.number(0, 1);
                case "presence_penalty" -> presencePenalty = field.number(-2, 2);
                case "frequency_penalty" -> frequencyPenalty = field.number(-2, 2);
                case "repetition_penalty" -> repetitionPenalty = field.number(0.01, 100);
                case "logit_bias" -> logitBias = biases(field);
                case "seed" -> seed = field.integer(Long.MIN_VALUE, Long.MAX_VALUE);
                case "n" -> n = (int) field.integer(1, MAX_CHOICES);
                case "best_of" -> bestOf = (int) field.integer(1, MAX_CHOICES);
                case "stop" -> stop = field.isArray() || field.isText() ? stops(field) : field.texts(1, 1);
                case "stop_token_ids" ->
                    field.list(MAX_STOP_IDS, id -> stopTokenIds.add((int) id.integer(0, Integer.MAX_VALUE)));
                case "ignore_eos" -> ignoreEos = field.flag();
                case "stream" -> stream = field.flag();
                case "stream_options" -> {
                    streamOptions = true;
                    field.object(this::streamOption);
                }
                case "return_token_ids" -> returnTokenIds = field.flag();
                case "priority" -> priority = (int) field.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
                case "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key" ->
                    field.ignore();
                case "use_beam_search", "include_stop_str_in_output" -> field.neutral(false);
                case "skip_special_tokens", "spaces_between_special_tokens" -> field.neutral(true);
                case "length_penalty" -> field.neutral(1);
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void streamOption(Field option) throws IOException {
            switch (option.name()) {
                case "stream_options.include_usage" -> includeUsage = option.flag();
                case "stream_options.include_obfuscation" -> option.ignore();
                default -> throw option.unknown();
            }
        }

        private static List<String> stops(Field field) throws IOException {
            return List.copyOf(field.texts(MAX_STOPS, MAX_STOP_CHARACTERS));
        }

        private static Map<Integer, Float> biases(Field field) throws IOException {
            Map<Integer, Float> biases = new HashMap<>();
            field.object(bias -> {
                int id;
                try {
                    id = Integer.parseInt(bias.name().substring(field.name().length() + 1));
                } catch (NumberFormatException e) {
                    throw field.wrong("an object whose keys are token ids");
                }
                if (id < 0 || biases.size() == MAX_BIASES) {
                    throw field.wrong("an object with at most " + MAX_BIASES + " token ids as keys");
                }
                biases.put(id, (float) bias.number(-100, 100));
            });
            return biases;
        }

        /** What was read. */
        GenerationFields fields() {
            if (bestOf != 1 && bestOf != n) {
                throw ApiException.invalid("best_of", "best_of is not implemented: leave it out, or ask for n choices");
            }
            if (streamOptions && !stream) {
                throw ApiException.invalid("stream_options", "stream_options is for streams: set stream to true");
            }
            return new GenerationFields(
                    model,
                    maxCompletionTokens == null ? maxTokens : maxCompletionTokens,
                    minTokens,
                    temperature,
                    topP,
                    topK,
                    minP,
                    presencePenalty,
                    frequencyPenalty,
                    repetitionPenalty,
                    Map.copyOf(logitBias),
                    seed,
                    n,
                    stop,
                    Set.copyOf(stopTokenIds),
                    ignoreEos,
                    stream,
                    includeUsage,
                    returnTokenIds,
                    priority);
        }
    }
}
