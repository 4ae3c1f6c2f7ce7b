package dev.plimsoll.server.openai;

import dev.plimsoll.server.checkpoint.GenerationDefaults;
import dev.plimsoll.server.tokenization.ChatEncoder;
import dev.plimsoll.server.tokenization.TextTooLong;
import dev.plimsoll.server.tokenization.Tokenizer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The model that requests are for.
 *
 * @param name for clients
 * @param vocabulary token ids are below
 * @param maxSequenceTokens of prompt and answer together
 * @param width elements of an embedding
 * @param tokenizer null when the checkpoint has none: then prompts are token ids
 * @param chats makes token ids of conversations; null when the checkpoint has no tokenizer or no chat template
 * @param defaults what a request that says nothing is sampled with, and the tokens that end a text
 */
public record Served(
        String name,
        int vocabulary,
        int maxSequenceTokens,
        int width,
        @Nullable Tokenizer tokenizer,
        @Nullable ChatEncoder chats,
        GenerationDefaults defaults) {

    /** Refuses a request for another model. */
    void check(@Nullable String model) {
        if (model != null && !model.equals(name)) {
            throw ApiException.modelNotFound("the model "
                    + (model.length() > 100 ? model.substring(0, 100) + "..." : model)
                    + " is not served here; served: " + name);
        }
    }

    /**
     * Token ids of an input, at least one.
     *
     * @param field name of the request's field, for errors
     */
    int[] ids(String field, Input input, boolean addSpecialTokens) {
        return switch (input) {
            case Input.Ids(int[] ids) -> checked(field, ids);
            case Input.Text(String text) -> {
                if (tokenizer == null) {
                    throw ApiException.invalid(
                            field,
                            "the checkpoint has no tokenizer.json: give the " + field + " as a list of token ids");
                }
                yield encoded(field, () -> tokenizer.encode(text, addSpecialTokens, maxSequenceTokens));
            }
        };
    }

    /** The ids that an encoding gives, when they are not too many. */
    int[] encoded(String field, Supplier<int[]> encoding) {
        try {
            return checked(field, encoding.get());
        } catch (TextTooLong e) {
            throw ApiException.contextLength(field, e.getMessage() + " (serving.maxSequenceTokens)");
        }
    }

    /** The ids, when there is one and the model has them all: a tokenizer may know more tokens than the model. */
    int[] checked(String field, int[] ids) {
        if (ids.length == 0) {
            throw ApiException.invalid(field, "the " + field + " has no token");
        }
        for (int id : ids) {
            checkId(field, id);
        }
        return ids;
    }

    void checkId(String field, int id) {
        if (id < 0 || id >= vocabulary) {
            throw ApiException.invalid(
                    field,
                    "the " + field + " has the token " + id + ", but the model has token ids from 0 to "
                            + (vocabulary - 1) + " alone");
        }
    }

    /** The text of an input. */
    String text(Input input) {
        return switch (input) {
            case Input.Text(String text) -> text;
            case Input.Ids(int[] ids) -> tokenizer == null ? "" : tokenizer.text(ids);
        };
    }
}
