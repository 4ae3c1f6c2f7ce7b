package dev.plimsoll.server.openai;

import dev.plimsoll.server.generation.GenerationRequest;
import java.util.List;
import java.util.function.Function;

/**
 * A request that was checked and tokenized.
 *
 * @param sequences one for each choice
 * @param promptTokens of all prompts together
 * @param answer makes the answer that goes to a sink
 * @param release gives back what the sequences share, once the answer is complete or not wanted any more
 */
public record Prepared(
        List<GenerationRequest> sequences,
        int promptTokens,
        Function<AnswerSink, GenerationAnswer> answer,
        Runnable release) {}
