package dev.plimsoll.server.generation;

import dev.plimsoll.server.runtime.SequenceModel.Output;
import dev.plimsoll.server.runtime.SequenceModel.Wanted;
import java.util.OptionalInt;

/** What is made of a sequence's results, from the step that has read all of its input on. */
sealed interface Outcome {
    int ENDED = -1;

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
        public Wanted wanted() {
            return sampling.temperature() == 0 ? Wanted.TOKEN : Wanted.VALUES;
        }

        @Override
        public int take(Output result) {
            int token = sampling.temperature() == 0 ? result.token() : sampler.next(result.values());
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
        public int take(Output result) {
            listener.embedded(result.values());
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
