package dev.plimsoll.server.generation;

import java.util.OptionalInt;

/** What is made of a sequence's results, from the step that has read all of its input on. */
sealed interface Outcome {
    int ENDED = -1;

    /**
     * Takes the result of a step.
     *
     * @return the token to go on with, or {@link #ENDED}
     */
    int take(float[] result);

    void failed(Exception cause);

    /** Whether the input must be read in one step. */
    default boolean needsWholeInput() {
        return false;
    }

    /** Tokens, one after the other. */
    final class Generated implements Outcome {
        private final Sampling sampling;
        private final Sampler sampler;
        private final TokenListener listener;
        private int count;

        Generated(Sampling sampling, TokenListener listener) {
            this.sampling = sampling;
            this.sampler = new Sampler(sampling);
            this.listener = listener;
        }

        @Override
        public int take(float[] logits) {
            int token = sampler.next(logits);
            if (sampling.endIds().contains(token)) {
                listener.finished(FinishReason.STOP, OptionalInt.of(token));
                return ENDED;
            }
            count++;
            if (!listener.token(token)) {
                listener.finished(FinishReason.STOP, OptionalInt.empty());
                return ENDED;
            }
            if (count >= sampling.maxTokens()) {
                listener.finished(FinishReason.LENGTH, OptionalInt.empty());
                return ENDED;
            }
            return token;
        }

        @Override
        public void failed(Exception cause) {
            listener.failed(cause);
        }
    }

    /** One vector of the whole input. */
    record Embedded(VectorListener listener) implements Outcome {
        @Override
        public int take(float[] vector) {
            listener.embedded(vector);
            return ENDED;
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
