package dev.plimsoll.server.openai;

import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.openai.Answers.ChatLogprobs;
import dev.plimsoll.server.openai.Answers.ChatToken;
import dev.plimsoll.server.openai.Answers.TextLogprobs;
import dev.plimsoll.server.tokenization.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells log-probabilities with the texts of their tokens. */
final class TokenTexts {
    /** What stands for the logarithm of no probability at all, which JSON has no number for; as OpenAI has it. */
    private static final float LEAST = -9999;

    private final Tokenizer tokenizer;

    TokenTexts(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    ChatLogprobs chat(List<GeneratedToken> tokens) {
        return new ChatLogprobs(tokens.stream().map(this::chatToken).toList());
    }

    private ChatToken chatToken(GeneratedToken token) {
        return chatToken(
                token.id(),
                Math.max(token.logprob(), LEAST),
                token.top().stream()
                        .map(top -> chatToken(top.id(), Math.max(top.logprob(), LEAST), null))
                        .toList());
    }

    private ChatToken chatToken(int id, float logprob, @Nullable List<ChatToken> top) {
        String text = text(id);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int[] bytes = new int[utf8.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = utf8[i] & 0xff;
        }
        return new ChatToken(text, logprob, bytes, top);
    }

    /**
     * Of a completion.
     *
     * @param prompt tokens of an echo, of which the first has no log-probability; they begin where the text does
     * @param tokens behind it
     * @param offset where the first of those begins in the text
     */
    TextLogprobs completion(List<GeneratedToken> prompt, List<GeneratedToken> tokens, int offset) {
        TextLogprobs told =
                new TextLogprobs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        add(prompt, 0, told);
        add(tokens, offset, told);
        return told;
    }

    private void add(List<GeneratedToken> tokens, int offset, TextLogprobs told) {
        int at = offset;
        for (GeneratedToken token : tokens) {
            String text = text(token.id());
            boolean first = Float.isNaN(token.logprob());
            told.tokens().add(text);
            told.tokenLogprobs().add(first ? null : Float.valueOf(Math.max(token.logprob(), LEAST)));
            told.topLogprobs().add(first ? null : top(token));
            told.textOffset().add(at);
            at += text.length();
        }
    }

    private Map<String, Float> top(GeneratedToken token) {
        Map<String, Float> top = new LinkedHashMap<>();
        token.top().forEach(candidate -> top.put(text(candidate.id()), Math.max(candidate.logprob(), LEAST)));
        return top;
    }

    private String text(int id) {
        return tokenizer.tokenText(id);
    }
}
