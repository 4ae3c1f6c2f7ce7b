package dev.plimsoll.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/**
 * What becomes of the text of a special token, such as {@code <|im_end|>}, in what a client writes. An open word: another
 * version may know more of them.
 */
@SuppressWarnings("MemberName")
public record SpecialTokensInContent(@JsonValue String value) {
    /** It is that token, as transformers does: a client can write turns of others. */
    public static final SpecialTokensInContent Special = new SpecialTokensInContent("Special");

    /** It is text like any other: only the chat template makes turns. */
    public static final SpecialTokensInContent Literal = new SpecialTokensInContent("Literal");

    /** Those that this version knows. */
    public static final List<SpecialTokensInContent> KNOWN = List.of(Special, Literal);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public SpecialTokensInContent {
        Objects.requireNonNull(value);
    }

    public boolean isKnown() {
        return KNOWN.contains(this);
    }

    @Override
    public String toString() {
        return value;
    }
}
