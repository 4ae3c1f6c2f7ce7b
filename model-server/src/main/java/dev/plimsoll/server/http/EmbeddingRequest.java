package dev.plimsoll.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.generation.EmbeddingInputs;
import dev.plimsoll.server.lifecycle.ModelServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A request for embeddings that was checked.
 *
 * @param inputs token ids of each
 * @param tokens of all inputs
 * @param base64 whether vectors are answered as base64 of little-endian float32
 */
record EmbeddingRequest(EmbeddingInputs inputs, int tokens, boolean base64) {
    private static final int MAX_INPUTS = 2048;

    /**
     * Checks a request.
     *
     * @throws ApiException naming the field that is wrong
     */
    static EmbeddingRequest parse(JsonNode body, ModelServer server, String client) {
        RequestFields fields = new RequestFields(body);
        fields.checkModel(server.settings().servedName());
        int width = server.architecture().shape().hidden();
        fields.requireNeutral("dimensions", String.valueOf(width));
        String encoding =
                fields.has("encoding_format") ? fields.get("encoding_format").asText() : "float";
        if (!encoding.equals("float") && !encoding.equals("base64")) {
            throw ApiException.invalid("encoding_format", "encoding_format must be float or base64");
        }
        TokenInput tokens = new TokenInput(
                "input", server.tokenizer(), server.architecture().shape().vocabulary());
        List<int[]> inputs = new ArrayList<>();
        for (JsonNode input : inputs(fields.get("input"))) {
            inputs.add(checked(tokens.ids(input), server.plan().maxSequenceTokens()));
        }
        int total = inputs.stream().mapToInt(ids -> ids.length).sum();
        return new EmbeddingRequest(
                new EmbeddingInputs(inputs, 0, client, Duration.ofHours(1)), total, encoding.equals("base64"));
    }

    /** A text or a list of ids is one input; a list of those is several. */
    private static List<JsonNode> inputs(JsonNode input) {
        boolean several = input.isArray() && !input.isEmpty() && !input.get(0).isNumber();
        if (!several) {
            return List.of(input);
        }
        if (input.size() > MAX_INPUTS) {
            throw ApiException.invalid("input", "input may hold at most " + MAX_INPUTS + " texts");
        }
        return input.valueStream().toList();
    }

    private static int[] checked(int[] ids, int most) {
        if (ids.length > most) {
            throw ApiException.contextLength("an input has " + ids.length + " tokens; at most " + most
                    + " are served (serving.maxSequenceTokens)");
        }
        return ids;
    }
}
