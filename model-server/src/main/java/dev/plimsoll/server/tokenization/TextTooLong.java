package dev.plimsoll.server.tokenization;

/** A text of more tokens than it may have; found before, or while, it is encoded. */
public final class TextTooLong extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int maxTokens;

    TextTooLong(String size, int maxTokens) {
        super("the text has " + size + "; at most " + maxTokens + " tokens are possible");
        this.maxTokens = maxTokens;
    }

    public int maxTokens() {
        return maxTokens;
    }
}
