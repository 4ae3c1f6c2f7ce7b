package dev.plimsoll.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plimsoll.server.tokenization.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Turns a text or a list of token ids into token ids.
 *
 * @param field name of the request's field, for errors
 * @param tokenizer null when the checkpoint has none
 * @param vocabulary ids are below
 */
record TokenInput(String field, @Nullable Tokenizer tokenizer, int vocabulary) {
    /**
     * Token ids, at least one.
     *
     * @throws ApiException when it is neither
     */
    int[] ids(JsonNode input) {
        return checked(input.isTextual() ? encode(input.textValue()) : listed(input));
    }

    /** The ids, when there is one and the model has them all: a tokenizer may know more tokens than the model. */
    int[] checked(int[] ids) {
        if (ids.length == 0) {
            throw ApiException.invalid(field, "the " + field + " is empty");
        }
        for (int id : ids) {
            if (id >= vocabulary) {
                throw ApiException.invalid(
                        field,
                        "the " + field + " holds token " + id + " of the tokenizer, which the model does not have: its"
                                + " vocabulary ends at " + (vocabulary - 1));
            }
        }
        return ids;
    }

    private int[] encode(String text) {
        if (tokenizer == null) {
            throw ApiException.invalid(
                    field, "the checkpoint has no tokenizer.json: give the " + field + " as a list of token ids");
        }
        return tokenizer.encode(text, true);
    }

    private int[] listed(JsonNode input) {
        boolean numbers = input.isArray()
                && input.valueStream().allMatch(id -> id.isInt() && id.intValue() >= 0 && id.intValue() < vocabulary);
        if (!numbers) {
            throw ApiException.invalid(
                    field, field + " must be one text, or one list of token ids from 0 to " + (vocabulary - 1));
        }
        return input.valueStream().mapToInt(JsonNode::intValue).toArray();
    }
}
