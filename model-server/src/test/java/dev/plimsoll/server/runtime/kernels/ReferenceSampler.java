package dev.plimsoll.server.runtime.kernels;

import dev.plimsoll.server.engine.SamplingParameters;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Choices as SamplingTable describes them, by sorting, in double precision. */
final class ReferenceSampler {
    private ReferenceSampler() {}

    /** Logits with bias and penalties. */
    static double[] adjusted(float[] logits, SamplingParameters parameters, int[] sequence, int prompt) {
        double[] adjusted = IntStream.range(0, logits.length)
                .mapToDouble(id -> logits[id] + parameters.logitBias().getOrDefault(id, 0f))
                .toArray();
        for (int id : Arrays.stream(sequence).distinct().toArray()) {
            long times = IntStream.range(prompt, sequence.length)
                    .filter(i -> sequence[i] == id)
                    .count();
            double repetition = parameters.repetitionPenalty();
            adjusted[id] = adjusted[id] > 0 ? adjusted[id] / repetition : adjusted[id] * repetition;
            if (times > 0) {
                adjusted[id] -= parameters.presencePenalty() + parameters.frequencyPenalty() * times;
            }
        }
        return adjusted;
    }

    /** Tokens that may be drawn, in their order, with their probabilities among themselves. */
    @SuppressWarnings("ArrayRecordComponent")
    record Nucleus(int[] ids, double[] probabilities) {
        /** How much lies before a token, and through it; NaN for one that may not be drawn. */
        double[] interval(int id) {
            double before = 0;
            for (int i = 0; i < ids.length; i++) {
                if (ids[i] == id) {
                    return new double[] {before, before + probabilities[i]};
                }
                before += probabilities[i];
            }
            return new double[] {Double.NaN, Double.NaN};
        }
    }

    static Nucleus nucleus(double[] logits, SamplingParameters parameters) {
        double most = Arrays.stream(logits).max().orElseThrow();
        double[] masses = Arrays.stream(logits)
                .map(logit -> Math.exp((logit - most) / parameters.temperature()))
                .toArray();
        int[] ids = IntStream.range(0, logits.length)
                .filter(id -> masses[id] >= parameters.minP() && masses[id] > 0)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(id -> -masses[id]).thenComparing(id -> id))
                .mapToInt(id -> id)
                .toArray();
        if (parameters.topK() > 0) {
            ids = Arrays.copyOf(ids, Math.min(ids.length, parameters.topK()));
        }
        double target = parameters.topP()
                * Arrays.stream(ids).mapToDouble(id -> masses[id]).sum();
        double sum = 0;
        int kept = 0;
        while (kept < ids.length && (sum < target || kept == 0)) {
            sum += masses[ids[kept++]];
        }
        int[] nucleus = Arrays.copyOf(ids, kept);
        double all = sum;
        return new Nucleus(
                nucleus,
                Arrays.stream(nucleus).mapToDouble(id -> masses[id] / all).toArray());
    }
}
