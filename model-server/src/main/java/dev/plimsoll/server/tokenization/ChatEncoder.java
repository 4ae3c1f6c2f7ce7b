package dev.plimsoll.server.tokenization;

import dev.plimsoll.api.SpecialTokensInContent;
import dev.plimsoll.server.PlimsollException;
import dev.plimsoll.server.checkpoint.CheckpointStore;
import dev.plimsoll.server.templates.TemplateException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns conversations into token ids. Special tokens in what a client wrote are tokens, or nothing but text. Safe for use
 * by several threads.
 */
public final class ChatEncoder implements AutoCloseable {
    private final ChatTemplate template;
    private final Tokenizer tokenizer;
    private final @Nullable Tokenizer literal;
    private final ControlTokens control;

    private ChatEncoder(ChatTemplate template, Tokenizer tokenizer, @Nullable Tokenizer literal) {
        this.template = template;
        this.tokenizer = tokenizer;
        this.literal = literal;
        this.control = new ControlTokens(tokenizer.added());
    }

    /**
     * An encoder with a checkpoint's template and tokenizer, which stay the caller's.
     *
     * @param content {@code Literal} holds the tokenizer a second time, without added tokens
     * @throws PlimsollException when the tokenizer cannot be read
     */
    public static ChatEncoder open(
            Path checkpoint, ChatTemplate template, Tokenizer tokenizer, SpecialTokensInContent content) {
        Tokenizer literal = content.equals(SpecialTokensInContent.Literal)
                ? Objects.requireNonNull(Tokenizer.open(CheckpointStore.local(checkpoint), false))
                : null;
        return new ChatEncoder(template, tokenizer, literal);
    }

    /** An encoder to which special tokens are tokens wherever they stand. */
    public static ChatEncoder of(ChatTemplate template, Tokenizer tokenizer) {
        return of(template, tokenizer, null);
    }

    /**
     * An encoder.
     *
     * @param literal encodes what clients wrote, without added tokens; null where special tokens are tokens there, too
     */
    static ChatEncoder of(ChatTemplate template, Tokenizer tokenizer, @Nullable Tokenizer literal) {
        return new ChatEncoder(template, tokenizer, literal);
    }

    public ChatTemplate template() {
        return template;
    }

    /**
     * Token ids of a conversation, with the special tokens of its template alone.
     *
     * @throws TemplateException when the template refuses it or cannot render it
     * @throws TextTooLong when it has more than {@code maxTokens}
     */
    public int[] encode(ChatInput input, int maxTokens) {
        if (literal == null) {
            return tokenizer.encode(template.render(input), false, maxTokens);
        }
        return encodePieces(template.render(control.marked(input)), literal, maxTokens);
    }

    private int[] encodePieces(String text, Tokenizer plain, int maxTokens) {
        List<int[]> encoded = new ArrayList<>();
        int size = 0;
        int begin = 0;
        while (begin < text.length()) {
            boolean marked = text.charAt(begin) == ControlTokens.BEGIN;
            int from = marked || text.charAt(begin) == ControlTokens.END ? begin + 1 : begin;
            int end = from;
            while (end < text.length()
                    && text.charAt(end) != ControlTokens.BEGIN
                    && text.charAt(end) != ControlTokens.END) {
                end++;
            }
            String piece = text.substring(from, end);
            boolean whole = marked && end < text.length() && text.charAt(end) == ControlTokens.END;
            int[] ids = whole ? asText(piece, plain, maxTokens) : piece(piece, tokenizer, begin > 0, maxTokens);
            encoded.add(ids);
            size += ids.length;
            if (size > maxTokens) {
                throw new TextTooLong("more than " + size + " tokens", maxTokens);
            }
            begin = end;
        }
        int[] all = new int[size];
        int at = 0;
        for (int[] ids : encoded) {
            System.arraycopy(ids, 0, all, at, ids.length);
            at += ids.length;
        }
        return all;
    }

    private int[] asText(String token, Tokenizer plain, int maxTokens) {
        int[] special = tokenizer.encode(token, false, maxTokens);
        int[] ids = piece(token, plain, true, maxTokens);
        boolean same = special.length == 1 && Arrays.stream(ids).anyMatch(id -> id == special[0]);
        if (same) {
            throw new TemplateException("the text " + token
                    + " is a special token to this tokenizer however it is encoded; leave it out of the messages");
        }
        return ids;
    }

    /** A piece inside a text: behind a line break, so that no space is put before it as before a first word. */
    private static int[] piece(String text, Tokenizer with, boolean inside, int maxTokens) {
        if (text.isEmpty()) {
            return new int[0];
        }
        if (inside) {
            int[] before = with.encode("\n", false, maxTokens);
            int[] ids = with.encode("\n" + text, false, maxTokens + before.length);
            boolean begins = ids.length >= before.length && Arrays.equals(before, Arrays.copyOf(ids, before.length));
            if (begins) {
                return Arrays.copyOfRange(ids, before.length, ids.length);
            }
        }
        return with.encode(text, false, maxTokens);
    }

    @Override
    public void close() {
        if (literal != null) {
            literal.close();
        }
    }
}
