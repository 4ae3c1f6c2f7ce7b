package dev.plimsoll.server.generation;

import java.util.Set;

/**
 * How tokens are chosen and when a sequence ends.
 *
 * @param maxTokens tokens to generate at most, at least 1
 * @param temperature 0 takes the most likely token
 * @param topP share of the probability to choose from, in (0, 1]
 * @param seed of this sequence's random numbers
 * @param endIds tokens that end the sequence and are not part of it
 */
public record Sampling(int maxTokens, double temperature, double topP, long seed, Set<Integer> endIds) {
    public Sampling {
        endIds = Set.copyOf(endIds);
    }
}
