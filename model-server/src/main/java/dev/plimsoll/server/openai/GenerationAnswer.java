package dev.plimsoll.server.openai;

import dev.plimsoll.server.generation.FinishReason;
import dev.plimsoll.server.generation.GeneratedToken;
import org.jspecify.annotations.Nullable;

/** Makes an answer of the tokens of its choices. Told by one thread at a time, in the order of each choice's tokens. */
public interface GenerationAnswer {
    /** Takes how likely a token of a choice's prompt is; before any token of the choice. */
    default void promptToken(int choice, GeneratedToken token) {}

    /**
     * Takes a token of a choice.
     *
     * @return false when the choice is complete: no more of its tokens are wanted
     */
    boolean token(int choice, GeneratedToken token);

    /** A choice has ended; heard once for each, also for one that was complete before. */
    void finished(int choice, FinishReason reason, @Nullable GeneratedToken endToken);

    /** The request fails. */
    void failed(Exception cause);
}
