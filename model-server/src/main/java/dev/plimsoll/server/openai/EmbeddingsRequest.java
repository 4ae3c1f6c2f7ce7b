package dev.plimsoll.server.openai;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for embeddings.
 *
 * @param dimensions the first so many of each vector, normalised again; null is all of them
 * @param base64 whether vectors are answered as base64 of little-endian float32
 * @see <a href="https://platform.openai.com/docs/api-reference/embeddings">the API</a>
 */
public record EmbeddingsRequest(
        @Nullable String model,
        List<Input> inputs,
        @Nullable Integer dimensions,
        boolean base64,
        int priority) {
    private static final int MAX_INPUTS = 2048;

    /**
     * Reads a body.
     *
     * @throws ApiException naming the field that is wrong
     */
    static EmbeddingsRequest read(JsonParser parser) throws IOException {
        var reader = new Object() {
            private @Nullable String model;
            private final List<Input> inputs = new ArrayList<>();
            private @Nullable Integer dimensions;
            private boolean base64;
            private int priority;
        };
        Field.readBody(parser, field -> {
            switch (field.name()) {
                case "model" -> reader.model = field.text();
                case "input" -> reader.inputs.addAll(field.inputs(MAX_INPUTS));
                case "dimensions" -> reader.dimensions = (int) field.integer(1, Integer.MAX_VALUE);
                case "encoding_format" ->
                    reader.base64 = field.word(List.of("float", "base64")).equals("base64");
                case "priority" -> reader.priority = (int) field.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
                case "user" -> field.ignore();
                default -> throw field.unknown();
            }
        });
        if (reader.inputs.isEmpty()) {
            throw ApiException.invalid("input", "there is no input");
        }
        return new EmbeddingsRequest(
                reader.model, List.copyOf(reader.inputs), reader.dimensions, reader.base64, reader.priority);
    }
}
