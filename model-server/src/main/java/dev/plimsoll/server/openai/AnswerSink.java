package dev.plimsoll.server.openai;

/** Where an answer goes, part by part. Told by one thread at a time; ends with {@link #end} or {@link #failed}. */
public interface AnswerSink {
    /** A chunk of a stream, to be written as JSON. */
    void chunk(Object chunk);

    /** A stream is complete. */
    void end();

    /** The whole answer of a request that is no stream, to be written as JSON. */
    void whole(Object answer);

    /** There is no (more) answer. */
    void failed(Exception cause);
}
