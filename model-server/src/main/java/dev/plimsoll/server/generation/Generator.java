package dev.plimsoll.server.generation;

import java.util.List;

/** Takes requests and tells their listeners of tokens and vectors. */
public interface Generator {
    /**
     * Queues the sequences of one request of one client: all of them, or none.
     *
     * @param listeners one for each sequence
     * @throws InvalidSequenceException when one is beyond the limits of the model
     * @throws OverloadedException when too many wait, or nothing is taken any more
     */
    Handle submit(List<GenerationRequest> requests, List<? extends TokenListener> listeners);

    /**
     * Queues inputs whose embeddings are wanted; they wait as one request.
     *
     * @throws InvalidSequenceException when one is beyond the limits of the model
     * @throws OverloadedException when too many wait, or nothing is taken any more
     */
    Handle embed(EmbeddingInputs request, VectorListener listener);
}
