package dev.plimsoll.server.engine;

import java.util.Map;

/**
 * How the next token is chosen from the logits of a sequence. In this order, as vLLM and transformers have it: bias and
 * constraint, penalties, temperature, min-p, top-k, top-p, draw.
 *
 * @param temperature 0 takes the most likely token
 * @param topK the most likely tokens to choose from; 0 is all
 * @param topP share of the probability to choose from, in (0, 1]
 * @param minP least probability, relative to the most likely token's, in [0, 1]; 0 is none
 * @param presencePenalty taken off the logit of a token that was generated before; 0 is none
 * @param frequencyPenalty taken off the logit of a token as often as it was generated before; 0 is none
 * @param repetitionPenalty divides positive, multiplies negative logits of tokens of prompt and answer; 1 is none
 * @param logitBias added to the logits of these token ids
 * @param seed of the counter-based generator: the same seed and position give the same draw, whatever shares the batch
 * @param logprobs how many of the most likely tokens are told with their log-probabilities, beside the chosen one's; -1
 *     tells none, 0 the chosen one's alone
 */
public record SamplingParameters(
        float temperature,
        int topK,
        float topP,
        float minP,
        float presencePenalty,
        float frequencyPenalty,
        float repetitionPenalty,
        Map<Integer, Float> logitBias,
        long seed,
        int logprobs) {
    public SamplingParameters {
        logitBias = Map.copyOf(logitBias);
    }

    /** The most likely token, nothing else. */
    public static SamplingParameters greedy() {
        return new SamplingParameters(0, 0, 1, 0, 0, 0, 1, Map.of(), 0, -1);
    }

    public boolean isGreedy() {
        return temperature == 0;
    }

    /** Whether the tokens of the sequence count. */
    public boolean isPenalized() {
        return presencePenalty != 0 || frequencyPenalty != 0 || repetitionPenalty != 1;
    }
}
