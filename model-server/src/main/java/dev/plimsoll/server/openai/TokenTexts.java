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
                token.logprob(),
                token.top().stream()
                        .map(top -> chatToken(top.id(), top.logprob(), null))
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
     * @param offset where the first token begins in the text
     */
    TextLogprobs completion(List<GeneratedToken> tokens, int offset) {
        List<String> texts = new ArrayList<>();
        List<Float> logprobs = new ArrayList<>();
        List<Map<String, Float>> tops = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        int at = offset;
        for (GeneratedToken token : tokens) {
            String text = text(token.id());
            texts.add(text);
            logprobs.add(token.logprob());
            Map<String, Float> top = new LinkedHashMap<>();
            token.top().forEach(candidate -> top.put(text(candidate.id()), candidate.logprob()));
            tops.add(top);
            offsets.add(at);
            at += text.length();
        }
        return new TextLogprobs(texts, logprobs, tops, offsets);
    }

    private String text(int id) {
        return tokenizer.tokenText(id);
    }
}
