package dev.plimsoll.server.openai;

import dev.plimsoll.server.generation.EmbeddingInputs;
import dev.plimsoll.server.openai.Answers.Embedding;
import dev.plimsoll.server.openai.Answers.Embeddings;
import dev.plimsoll.server.openai.Answers.EmbeddingsUsage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** A request for embeddings with its inputs tokenized, and the vectors as they come. Used by one thread at a time. */
public final class EmbeddingAnswer {
    private final EmbeddingsRequest request;
    private final String model;
    private final EmbeddingInputs inputs;
    private final float[][] vectors;
    private int missing;

    private EmbeddingAnswer(EmbeddingsRequest request, String model, EmbeddingInputs inputs) {
        this.request = request;
        this.model = model;
        this.inputs = inputs;
        this.vectors = new float[inputs.inputs().size()][];
        this.missing = vectors.length;
    }

    /**
     * Checks and tokenizes a request.
     *
     * @throws ApiException naming the field that is wrong
     */
    public static EmbeddingAnswer of(Served served, EmbeddingsRequest request, String client, Duration deadline) {
        served.check(request.model());
        Integer dimensions = request.dimensions();
        if (dimensions != null && dimensions > served.width()) {
            throw ApiException.invalid(
                    "dimensions", "dimensions may be at most " + served.width() + ", the width of the model's vectors");
        }
        List<int[]> inputs = new ArrayList<>();
        for (Input input : request.inputs()) {
            int[] ids = served.ids("input", input, true);
            if (ids.length > served.maxSequenceTokens()) {
                throw ApiException.contextLength(
                        "input",
                        "an input has " + ids.length + " tokens; at most " + served.maxSequenceTokens()
                                + " are served (serving.maxSequenceTokens)");
            }
            inputs.add(ids);
        }
        return new EmbeddingAnswer(
                request, served.name(), new EmbeddingInputs(inputs, request.priority(), client, deadline));
    }

    public EmbeddingInputs inputs() {
        return inputs;
    }

    /** Tokens of all inputs. */
    public int tokens() {
        return inputs.inputs().stream().mapToInt(ids -> ids.length).sum();
    }

    /**
     * Takes a vector.
     *
     * @return whether it was the last one
     */
    public boolean take(int index, float[] vector) {
        vectors[index] = shortened(vector);
        return --missing == 0;
    }

    private float[] shortened(float[] vector) {
        Integer dimensions = request.dimensions();
        if (dimensions == null || dimensions == vector.length) {
            return vector;
        }
        float[] result = Arrays.copyOf(vector, dimensions);
        double sum = 0;
        for (float value : result) {
            sum += (double) value * value;
        }
        float norm = (float) Math.sqrt(sum);
        for (int i = 0; norm > 0 && i < result.length; i++) {
            result[i] /= norm;
        }
        return result;
    }

    /** The whole answer, once every vector is there. */
    public Embeddings answer() {
        List<Embedding> items = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            items.add(new Embedding("embedding", i, request.base64() ? base64(vectors[i]) : vectors[i]));
        }
        return new Embeddings("list", items, model, new EmbeddingsUsage(tokens(), tokens()));
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
