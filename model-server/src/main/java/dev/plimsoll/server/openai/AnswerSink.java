package dev.plimsoll.server.openai;

/** Where an answer goes, part by part. Told by one thread at a time; ends with {@link #end} or {@link #failed}. */
public interface AnswerSink {
    /** A chunk of a stream, to be written as JSON. */
    void chunk(Object chunk);

    /**
     * Bytes of memory are kept for an answer that is told as a whole.
     *
     * @throws ApiException when all of them together keep too much
     */
    void keeps(long bytes);

    /** A stream is complete. */
    void end();

    /** The whole answer of a request that is no stream, to be written as JSON. */
    void whole(Object answer);

    /** There is no (more) answer. */
    void failed(Exception cause);
}
