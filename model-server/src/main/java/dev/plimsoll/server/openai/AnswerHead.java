package dev.plimsoll.server.openai;

import dev.plimsoll.server.openai.Answers.Choice;
import dev.plimsoll.server.openai.Answers.Completion;
import dev.plimsoll.server.openai.Answers.CountedChunk;
import dev.plimsoll.server.openai.Answers.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of an answer share.
 *
 * @param id of the answer
 * @param created seconds since 1970
 */
public record AnswerHead(String id, long created, String model) {
    Completion whole(String object, List<Choice> choices, Usage usage) {
        return new Completion(id, object, created, model, choices, usage);
    }

    /**
     * A chunk of a stream.
     *
     * @param counted whether the stream ends with counts
     */
    Object chunk(String object, List<Choice> choices, boolean counted, @Nullable Usage usage) {
        return counted
                ? new CountedChunk(id, object, created, model, choices, usage)
                : new Completion(id, object, created, model, choices, null);
    }
}
