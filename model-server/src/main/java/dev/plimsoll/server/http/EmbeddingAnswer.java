package dev.plimsoll.server.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.plimsoll.server.generation.VectorListener;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/** Gathers the vectors of a request's inputs; the answer is given when the last one is there. */
final class EmbeddingAnswer {
    /**
     * What clients get back.
     *
     * @see <a href="https://platform.openai.com/docs/api-reference/embeddings">the API</a>
     */
    record Embeddings(String object, List<Item> data, String model, Usage usage) {}

    /** One vector: numbers, or base64 of little-endian float32. */
    record Item(String object, int index, Object embedding) {}

    record Usage(
            @JsonProperty("prompt_tokens") int promptTokens,
            @JsonProperty("total_tokens") int totalTokens) {}

    private final EmbeddingRequest request;
    private final String model;
    private final AtomicReferenceArray<float[]> vectors;
    private final AtomicInteger missing;
    private final Consumer<Embeddings> answered;
    private final Consumer<Exception> failed;

    /**
     * An answer without vectors.
     *
     * @param answered told once, when every vector is there
     * @param failed told once for each input that ended without one
     */
    EmbeddingAnswer(EmbeddingRequest request, String model, Consumer<Embeddings> answered, Consumer<Exception> failed) {
        this.request = request;
        this.model = model;
        this.vectors = new AtomicReferenceArray<>(request.inputs().inputs().size());
        this.missing = new AtomicInteger(request.inputs().inputs().size());
        this.answered = answered;
        this.failed = failed;
    }

    VectorListener listener() {
        return new VectorListener() {
            @Override
            public void embedded(int index, float[] vector) {
                vectors.set(index, vector);
                if (missing.decrementAndGet() == 0) {
                    answered.accept(embeddings());
                }
            }

            @Override
            public void failed(Exception cause) {
                failed.accept(cause);
            }
        };
    }

    private Embeddings embeddings() {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < vectors.length(); i++) {
            items.add(new Item("embedding", i, request.base64() ? base64(vectors.get(i)) : vectors.get(i)));
        }
        return new Embeddings("list", items, model, new Usage(request.tokens(), request.tokens()));
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
