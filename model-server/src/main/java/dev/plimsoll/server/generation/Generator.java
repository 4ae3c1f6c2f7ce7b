package dev.plimsoll.server.generation;

import java.util.List;

/** Takes requests and tells their listeners of tokens and vectors. */
public interface Generator {
    /** A request that is being prepared, until it is closed: submitted, or given up. */
    interface Expected extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Tells that a request is being prepared and will be submitted in a moment. Where nothing runs, those that come together
     * so begin together, for which none waits longer than the rest of it takes, and not for long.
     */
    Expected expect();

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
