package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.SamplingTable;
import dev.plimsoll.server.engine.StepOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What is made of a sequence's results, from the step that has read all of its input on. */
sealed interface Outcome {
    int ENDED = -1;

    /** Name of the request, for logs. */
    String request();

    /** The sequence waits no longer. */
    void admitted();

    /**
     * Takes the result of a step.
     *
     * @return the token to go on with, or {@link #ENDED}
     */
    int take(StepOutput output, int row, EngineLimits limits);

    void failed(Exception cause);

    /** Whether the likelihood of a prompt's own tokens is asked for. */
    default boolean scoresPrompt() {
        return false;
    }

    /** How a token of the prompt is looked at. */
    default SamplingParameters scoring() {
        return SamplingParameters.greedy();
    }

    /** Takes how likely a token of the prompt is. */
    default void scored(int token, StepOutput output, int row, EngineLimits limits) {}

    /** How the next token is chosen. */
    default SamplingParameters sampling() {
        return SamplingParameters.greedy();
    }

    /**
     * Adds to a row what is not in its parameters.
     *
     * @param chosen tokens that were generated before the next one, those that the host has not read included
     */
    default void restrict(SamplingTable table, int row, int chosen) {}

    /**
     * Whether a step can choose a token while the one before it is not known here.
     *
     * @param chosen tokens that were generated before the next one
     */
    default boolean canRunAhead(int chosen) {
        return false;
    }

    /** Whether a step may choose its next token now; otherwise it sits out. */
    default boolean isReady() {
        return true;
    }

    /** Whether its tokens are held to something. */
    default boolean isConstrained() {
        return false;
    }

    /** Logits that are biased where its next token is chosen, at most. */
    default int biases() {
        return 0;
    }

    /** Tokens, one after the other. */
    final class Generated implements Outcome {
        private final GenerationRequest request;
        private final TokenListener listener;
        private int count;

        Generated(GenerationRequest request, TokenListener listener) {
            this.request = request;
            this.listener = listener;
        }

        @Override
        public String request() {
            return listener.request();
        }

        @Override
        public void admitted() {
            listener.admitted();
        }

        @Override
        public SamplingParameters sampling() {
            return request.sampling();
        }

        @Override
        public void restrict(SamplingTable table, int row, int chosen) {
            if (chosen < request.minTokens()) {
                request.endIds().forEach(id -> table.bias(row, id, Float.NEGATIVE_INFINITY));
            }
            if (request.constraint() != null) {
                table.constrain(row, request.constraint());
            }
        }

        @Override
        public boolean scoresPrompt() {
            return request.promptLogprobs() >= 0;
        }

        @Override
        public SamplingParameters scoring() {
            return new SamplingParameters(0, 0, 1, 0, 0, 0, 1, Map.of(), 0, request.promptLogprobs());
        }

        @Override
        public void scored(int token, StepOutput output, int row, EngineLimits limits) {
            if (output.failed[row]) {
                throw new NumericalException("the model computed logits that are not finite");
            }
            float logprob = output.ids[row] == token ? output.logprobs[row] : Float.NEGATIVE_INFINITY;
            listener.promptToken(
                    new GeneratedToken(token, logprob, top(request.promptLogprobs(), output, row, limits)));
        }

        @Override
        public boolean isConstrained() {
            return request.constraint() != null;
        }

        @Override
        public int biases() {
            return request.sampling().logitBias().size()
                    + (request.minTokens() > 0 ? request.endIds().size() : 0);
        }

        @Override
        public boolean isReady() {
            return request.constraint() == null || request.constraint().isReady();
        }

        @Override
        public boolean canRunAhead(int chosen) {
            return request.constraint() == null && chosen < request.maxTokens();
        }

        @Override
        public int take(StepOutput output, int row, EngineLimits limits) {
            if (output.failed[row]) {
                throw new NumericalException(
                        request.constraint() == null
                                ? "the model computed logits that are not finite"
                                : "no token may come next, or the model computed logits that are not finite");
            }
            GeneratedToken token = token(output, row, limits);
            SequenceConstraint constraint = request.constraint();
            if (constraint != null) {
                constraint.accept(token.id());
            }
            if (request.endIds().contains(token.id())) {
                listener.finished(FinishReason.STOP, token);
                return ENDED;
            }
            count++;
            if (!listener.token(token) || (constraint != null && constraint.isOver())) {
                listener.finished(FinishReason.STOP, null);
                return ENDED;
            }
            if (count >= request.maxTokens()) {
                listener.finished(FinishReason.LENGTH, null);
                return ENDED;
            }
            return token.id();
        }

        private GeneratedToken token(StepOutput output, int row, EngineLimits limits) {
            int pairs = request.sampling().logprobs();
            if (pairs < 0) {
                return new GeneratedToken(output.ids[row], Float.NaN, List.of());
            }
            return new GeneratedToken(output.ids[row], output.logprobs[row], top(pairs, output, row, limits));
        }

        private static List<GeneratedToken.Candidate> top(int pairs, StepOutput output, int row, EngineLimits limits) {
            List<GeneratedToken.Candidate> top = new ArrayList<>();
            int first = row * StepOutput.MAX_LOGPROBS;
            for (int i = first;
                    i < first + Math.min(pairs, Math.min(StepOutput.MAX_LOGPROBS, limits.vocabulary()));
                    i++) {
                top.add(new GeneratedToken.Candidate(output.topIds[i], output.topLogprobs[i]));
            }
            return top;
        }

        @Override
        public void failed(Exception cause) {
            listener.failed(cause);
        }
    }

    /** One vector of the whole input. */
    record Embedded(int index, VectorListener listener) implements Outcome {
        @Override
        public String request() {
            return listener.request();
        }

        @Override
        public void admitted() {
            if (index == 0) {
                listener.admitted();
            }
        }

        @Override
        public int take(StepOutput output, int row, EngineLimits limits) {
            if (output.failed[row]) {
                throw new NumericalException("the model computed a vector that is not finite");
            }
            int width = limits.vectorWidth();
            listener.embedded(index, Arrays.copyOfRange(output.vectors, row * width, (row + 1) * width));
            return ENDED;
        }

        @Override
        public void failed(Exception cause) {
            listener.failed(cause);
        }
    }
}
