package dev.plimsoll.server.generation;

import java.util.List;

/**
 * A token that was chosen.
 *
 * @param logprob natural logarithm of its probability; NaN where none was asked for
 * @param top the most likely tokens, most likely first; empty where none were asked for
 */
public record GeneratedToken(int id, float logprob, List<Candidate> top) {
    public GeneratedToken {
        top = List.copyOf(top);
    }

    /** A token and the natural logarithm of its probability. */
    public record Candidate(int id, float logprob) {}
}
