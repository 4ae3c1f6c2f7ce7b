package dev.plimsoll.server.generation;

/** Hears the embedding of one input, on the scheduler's thread: it must be quick. */
public interface VectorListener {
    /**
     * The input was read.
     *
     * @param vector [hidden]
     */
    void embedded(float[] vector);

    /** The input ended without a result. */
    void failed(Exception cause);
}
