package dev.plimsoll.server.tokenization;

/** What becomes of a special token's text, such as {@code <|im_end|>}, in what a client writes. */
public enum SpecialTokensInContent {
    /** It is that token, as transformers does by default: a client may write turns of others. */
    Special,
    /** It is text like any other: only the template makes turns. */
    Literal
}
