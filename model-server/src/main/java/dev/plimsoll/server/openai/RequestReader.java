package dev.plimsoll.server.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;

/** Reads bodies as streams, with bounds on nesting, on the length of numbers and names, and on how much there is. */
public final class RequestReader {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER = 64;
    private static final int MAX_NAME = 1024;
    private static final long MAX_TOKENS = 4_000_000;

    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER)
                    .maxNameLength(MAX_NAME)
                    .maxTokenCount(MAX_TOKENS)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private RequestReader() {}

    @FunctionalInterface
    private interface Shape<R> {
        R read(JsonParser parser) throws IOException;
    }

    /**
     * Reads a chat.
     *
     * @throws ApiException naming the field that is wrong
     */
    public static ChatRequest chat(InputStream body) {
        return read(body, ChatRequest::read);
    }

    /**
     * Reads a completion.
     *
     * @throws ApiException naming the field that is wrong
     */
    public static CompletionRequest completion(InputStream body) {
        return read(body, CompletionRequest::read);
    }

    /**
     * Reads a request for embeddings.
     *
     * @throws ApiException naming the field that is wrong
     */
    public static EmbeddingsRequest embeddings(InputStream body) {
        return read(body, EmbeddingsRequest::read);
    }

    static TokenizeRequest tokenize(InputStream body) {
        return read(body, TokenizeRequest::read);
    }

    static DetokenizeRequest detokenize(InputStream body) {
        return read(body, DetokenizeRequest::read);
    }

    private static <R> R read(InputStream body, Shape<R> shape) {
        try (JsonParser parser = FACTORY.createParser(body)) {
            return shape.read(parser);
        } catch (JsonProcessingException e) {
            throw ApiException.invalid(null, "the body is not JSON that is read here: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw ApiException.invalid(null, "the body is not JSON in UTF-8");
        }
    }
}
