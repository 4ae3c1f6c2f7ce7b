package dev.plimsoll.server.generation;

import dev.plimsoll.server.runtime.SequenceModel.Output;
import dev.plimsoll.server.runtime.SequenceModel.Wanted;

/** What is made of a sequence's results, from the step that has read all of its input on. */
sealed interface Outcome {
    int ENDED = -1;

    /** The sequence waits no longer. */
    void admitted();

    /**
     * Takes the result of a step.
     *
     * @return the token to go on with, or {@link #ENDED}
     */
    int take(Output result);

    /** What of the result is needed. */
    Wanted wanted();

    void failed(Exception cause);

    /** Whether the input must be read in one step. */
    default boolean needsWholeInput() {
        return false;
    }

    /** Tokens, one after the other. */
    final class Generated implements Outcome {
        private final GenerationRequest request;
        private final Sampler sampler;
        private final TokenListener listener;
        private int count;

        Generated(GenerationRequest request, TokenListener listener) {
            this.request = request;
            this.sampler = new Sampler(request);
            this.listener = listener;
        }

        @Override
        public void admitted() {
            listener.admitted();
        }

        @Override
        public Wanted wanted() {
            return sampler.takesTheMostLikely() ? Wanted.TOKEN : Wanted.VALUES;
        }

        @Override
        public int take(Output result) {
            GeneratedToken token =
                    sampler.takesTheMostLikely() ? sampler.chosen(result.token()) : sampler.next(result.values());
            if (request.endIds().contains(token.id())) {
                listener.finished(FinishReason.STOP, token);
                return ENDED;
            }
            count++;
            if (!listener.token(token)) {
                listener.finished(FinishReason.STOP, null);
                return ENDED;
            }
            if (count >= request.maxTokens()) {
                listener.finished(FinishReason.LENGTH, null);
                return ENDED;
            }
            return token.id();
        }

        @Override
        public void failed(Exception cause) {
            listener.failed(cause);
        }
    }

    /** One vector of the whole input. */
    record Embedded(int index, VectorListener listener) implements Outcome {
        @Override
        public void admitted() {
            if (index == 0) {
                listener.admitted();
            }
        }

        @Override
        public int take(Output result) {
            listener.embedded(index, result.values());
            return ENDED;
        }

        @Override
        public Wanted wanted() {
            return Wanted.VALUES;
        }

        @Override
        public void failed(Exception cause) {
            listener.failed(cause);
        }

        @Override
        public boolean needsWholeInput() {
            return true;
        }
    }
}
