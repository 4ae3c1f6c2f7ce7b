package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.SamplingParameters;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One sequence to be generated. Checked when it is submitted: ids against the vocabulary, lengths against the limits of
 * the engine.
 *
 * @param prompt token ids, at least one
 * @param maxTokens tokens to generate at most, at least 1
 * @param minTokens tokens before which no end token is chosen
 * @param endIds tokens that end the sequence and are no part of its text
 * @param promptLogprobs how many of the most likely tokens are told of each place in the prompt, beside the
 *     log-probability of the token that is there; -1 tells none
 * @param constraint what may be generated; null is anything
 * @param priority lower goes first; among equals clients take turns
 * @param client whose turn it is: requests of one client wait behind each other, not before others'
 * @param deadline from submission; a sequence that has not ended by then fails alone
 */
@SuppressWarnings("ArrayRecordComponent")
public record GenerationRequest(
        int[] prompt,
        int maxTokens,
        int minTokens,
        Set<Integer> endIds,
        SamplingParameters sampling,
        int promptLogprobs,
        @Nullable SequenceConstraint constraint,
        int priority,
        String client,
        Duration deadline) {
    public GenerationRequest {
        endIds = Set.copyOf(endIds);
    }

    /** A request without constraint and priority, of nobody in particular, with an hour to end. */
    public static GenerationRequest of(int[] prompt, int maxTokens, Set<Integer> endIds, SamplingParameters sampling) {
        return new GenerationRequest(prompt, maxTokens, 0, endIds, sampling, -1, null, 0, "", Duration.ofHours(1));
    }
}
