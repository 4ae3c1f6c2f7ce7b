package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.EngineLimits;

/**
 * What a model takes of one sequence.
 *
 * @param vocabulary token ids are below
 * @param sequenceTokens that a sequence holds, generated ones included; 0 for an encoder
 * @param inputTokens that an input to embed has at most; 0 for a decoder
 */
record SequenceLimits(int vocabulary, int sequenceTokens, int inputTokens) {
    static SequenceLimits of(EngineLimits limits) {
        return new SequenceLimits(
                limits.vocabulary(),
                limits.encodes() ? 0 : limits.maxSequenceTokens(),
                limits.encodes() ? Math.min(limits.maxSequenceTokens(), limits.maxBatchedTokens()) : 0);
    }

    void check(GenerationRequest request) {
        checkIds(request.prompt());
        if (request.maxTokens() < 1) {
            throw new InvalidSequenceException("no token is to be generated");
        }
        if ((long) request.prompt().length + request.maxTokens() > sequenceTokens) {
            throw new InvalidSequenceException("a prompt of " + request.prompt().length + " tokens with "
                    + request.maxTokens() + " to generate: a sequence holds at most " + sequenceTokens);
        }
        request.endIds().forEach(this::checkId);
        request.sampling().logitBias().keySet().forEach(this::checkId);
    }

    void check(EmbeddingInputs request) {
        if (request.inputs().isEmpty()) {
            throw new InvalidSequenceException("there is no input");
        }
        request.inputs().forEach(input -> {
            checkIds(input);
            if (input.length > inputTokens) {
                throw new InvalidSequenceException(
                        "an input has " + input.length + " tokens; at most " + inputTokens + " are read");
            }
        });
    }

    private void checkIds(int[] ids) {
        if (ids.length == 0) {
            throw new InvalidSequenceException("there is no token to read");
        }
        for (int id : ids) {
            checkId(id);
        }
    }

    private void checkId(int id) {
        if (id < 0 || id >= vocabulary) {
            throw new InvalidSequenceException(
                    "token " + id + " does not exist: the model's are from 0 to " + (vocabulary - 1));
        }
    }
}
