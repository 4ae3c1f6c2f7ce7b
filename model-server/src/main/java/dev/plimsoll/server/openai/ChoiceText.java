package dev.plimsoll.server.openai;

import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import dev.plimsoll.server.tokenization.TextStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tokens of one choice as text: what of it is certain, with the tokens that it came from. */
final class ChoiceText {
    private final @Nullable TextStream text;
    private final List<GeneratedToken> held = new ArrayList<>();
    private int tokens;
    private boolean ended;

    /**
     * A choice without tokens.
     *
     * @param text null when there is no tokenizer
     */
    ChoiceText(@Nullable TextStream text) {
        this.text = text;
    }

    /** Text and the tokens that it came from; one of both may be missing. */
    record Piece(String text, List<GeneratedToken> tokens) {}

    /** Takes a token; the piece is empty while nothing is certain. */
    Piece add(GeneratedToken token) {
        tokens++;
        held.add(token);
        String piece = text == null ? "" : text.add(token.id());
        return text != null && piece.isEmpty() ? new Piece("", List.of()) : piece(piece);
    }

    /** The rest, once no more tokens come. */
    Piece end(@Nullable GeneratedToken endToken) {
        ended = true;
        if (endToken != null) {
            tokens++;
            held.add(endToken);
        }
        return piece(text == null ? "" : text.end());
    }

    private Piece piece(String certain) {
        List<GeneratedToken> from = List.copyOf(held);
        held.clear();
        return new Piece(certain, from);
    }

    /** Whether a text that ends it has appeared. */
    boolean isStopped() {
        return text != null && text.isStopped();
    }

    boolean isEnded() {
        return ended;
    }

    String finish(FinishReason reason) {
        return isStopped() || reason == FinishReason.STOP ? "stop" : "length";
    }

    /** Tokens so far, an end token included. */
    int tokens() {
        return tokens;
    }
}
