package dev.plimsoll.server.openai;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A request to go on behind one or more prompts.
 *
 * @param echo whether the prompt is part of the text, and of the log-probabilities
 * @param logprobs most likely tokens to tell with their log-probabilities, beside the chosen one's; -1 tells none
 * @param addSpecialTokens whether the tokenizer puts its special tokens around a text
 * @see <a href="https://platform.openai.com/docs/api-reference/completions">the API</a>
 */
public record CompletionRequest(
        GenerationFields generation, List<Input> prompts, boolean echo, int logprobs, boolean addSpecialTokens) {
    private static final int MAX_PROMPTS = 256;
    private static final int MAX_LOGPROBS = 20;

    /**
     * Reads a body.
     *
     * @throws ApiException naming the field that is wrong
     */
    static CompletionRequest read(JsonParser parser) throws IOException {
        GenerationFields.Reader generation = new GenerationFields.Reader(0);
        List<Input> prompts = new ArrayList<>();
        boolean[] flags = {false, true};
        int[] logprobs = {-1};
        Field.readBody(parser, field -> {
            switch (field.name()) {
                case "prompt" -> prompts.addAll(field.inputs(MAX_PROMPTS));
                case "echo" -> flags[0] = field.flag();
                case "add_special_tokens" -> flags[1] = field.flag();
                case "logprobs" -> logprobs[0] = (int) field.integer(0, MAX_LOGPROBS);
                case "suffix" -> suffix(field);
                default -> {
                    if (!generation.read(field)) {
                        throw field.unknown();
                    }
                }
            }
        });
        if (prompts.isEmpty()) {
            throw ApiException.invalid("prompt", "there is no prompt");
        }
        GenerationFields fields = generation.fields();
        if ((long) prompts.size() * fields.n() > MAX_PROMPTS) {
            throw ApiException.invalid("n", "n choices of each prompt may be at most " + MAX_PROMPTS + " together");
        }
        if (!flags[0] && Integer.valueOf(0).equals(fields.maxTokens())) {
            throw ApiException.invalid(
                    "max_tokens", "max_tokens may be 0 with echo alone: then the answer is the prompt");
        }
        return new CompletionRequest(fields, List.copyOf(prompts), flags[0], logprobs[0], flags[1]);
    }

    private static void suffix(Field field) throws IOException {
        if (!field.text().isEmpty()) {
            throw ApiException.invalid("suffix", "suffix is not implemented: no family that is served fills gaps");
        }
    }
}
