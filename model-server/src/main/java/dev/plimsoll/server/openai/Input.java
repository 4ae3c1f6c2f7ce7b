package dev.plimsoll.server.openai;

/** A prompt, or an input to embed. */
public sealed interface Input {
    /** To be tokenized. */
    record Text(String text) implements Input {}

    /** Token ids, not checked against the vocabulary. */
    @SuppressWarnings("ArrayRecordComponent")
    record Ids(int[] ids) implements Input {}
}
