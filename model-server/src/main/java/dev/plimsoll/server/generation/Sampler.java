package dev.plimsoll.server.generation;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Draws tokens of one sequence at a temperature above 0; the same seed and logits give the same tokens whatever else
 * shares the steps.
 */
final class Sampler {
    private final Sampling sampling;
    private final SplittableRandom random;

    Sampler(Sampling sampling) {
        this.sampling = sampling;
        this.random = new SplittableRandom(sampling.seed());
    }

    /**
     * The next token.
     *
     * @param logits [vocabulary]
     */
    int next(float[] logits) {
        float most = most(logits);
        double[] weights = new double[logits.length];
        double total = 0;
        for (int i = 0; i < logits.length; i++) {
            weights[i] = Math.exp((logits[i] - most) / sampling.temperature());
            total += weights[i];
        }
        return sampling.topP() < 1 ? fromNucleus(weights, total) : fromAll(weights, total);
    }

    private int fromAll(double[] weights, double total) {
        double point = random.nextDouble() * total;
        for (int i = 0; i < weights.length; i++) {
            point -= weights[i];
            if (point < 0) {
                return i;
            }
        }
        return weights.length - 1;
    }

    /** The fewest most likely tokens that hold {@code topP} of the probability. */
    private int fromNucleus(double[] weights, double total) {
        double floor = total * (1 - sampling.topP()) / weights.length;
        int[] likely = IntStream.range(0, weights.length)
                .filter(i -> weights[i] >= floor)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -weights[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double mass = 0;
        int count = 0;
        while (count < likely.length && mass < sampling.topP() * total) {
            mass += weights[likely[count++]];
        }
        double point = random.nextDouble() * mass;
        for (int i = 0; i < count; i++) {
            point -= weights[likely[i]];
            if (point < 0) {
                return likely[i];
            }
        }
        return likely[count - 1];
    }

    private static float most(float[] logits) {
        float most = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        return most;
    }
}
