package dev.plimsoll.server.generation;

import java.time.Duration;
import java.util.List;

/**
 * Inputs of one request whose embeddings are wanted. Checked when they are submitted, like a {@link GenerationRequest}.
 *
 * @param inputs token ids of each, at least one input and one token
 * @param priority lower goes first; among equals clients take turns
 * @param client whose turn it is
 * @param deadline from submission; what has not been embedded by then fails
 */
public record EmbeddingInputs(List<int[]> inputs, int priority, String client, Duration deadline) {
    public EmbeddingInputs {
        inputs = List.copyOf(inputs);
    }
}
