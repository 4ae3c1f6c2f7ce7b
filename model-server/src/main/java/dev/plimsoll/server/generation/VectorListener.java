package dev.plimsoll.server.generation;

/** Hears the embeddings of a request's inputs, on the scheduler's thread: it must be quick. */
public interface VectorListener {
    /** Name of the request, for logs. */
    default String request() {
        return "";
    }

    /** The first input waits no longer. */
    default void admitted() {}

    /**
     * An input was read.
     *
     * @param index of the input in its request
     * @param vector [hidden]
     */
    void embedded(int index, float[] vector);

    /** An input ended without a result; told once for each that does. */
    void failed(Exception cause);
}
