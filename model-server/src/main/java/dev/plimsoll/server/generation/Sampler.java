package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.TokenConstraint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the tokens of one sequence from logits; the same seed and logits give the same tokens whatever else shares
 * the steps. Log-probabilities are those of the model, before anything else is applied.
 */
final class Sampler {
    private final SamplingParameters parameters;
    private final @Nullable TokenConstraint constraint;
    private final int minTokens;
    private final Set<Integer> endIds;
    private final SplittableRandom random;
    private final Map<Integer, Integer> generated = new HashMap<>();
    private final int[] prompt;
    private int count;

    Sampler(GenerationRequest request) {
        this.parameters = request.sampling();
        this.constraint = request.constraint();
        this.minTokens = request.minTokens();
        this.endIds = request.endIds();
        this.random = new SplittableRandom(parameters.seed());
        this.prompt = parameters.repetitionPenalty() == 1
                ? new int[0]
                : Arrays.stream(request.prompt()).distinct().toArray();
    }

    /** Whether the next token is the most likely one, of which nothing else is asked. */
    boolean takesTheMostLikely() {
        return parameters.isGreedy()
                && constraint == null
                && count >= minTokens
                && parameters.logprobs() < 0
                && parameters.logitBias().isEmpty()
                && parameters.presencePenalty() == 0
                && parameters.frequencyPenalty() == 0
                && parameters.repetitionPenalty() == 1;
    }

    /** The token that the model chose. */
    GeneratedToken chosen(int token) {
        count++;
        return new GeneratedToken(token, Float.NaN, List.of());
    }

    /**
     * The next token.
     *
     * @param logits [vocabulary]; changed
     * @throws NumericalException when they are no logits
     */
    GeneratedToken next(float[] logits) {
        check(logits);
        float[] raw = parameters.logprobs() < 0 ? logits : logits.clone();
        shape(logits);
        int token = parameters.isGreedy() ? best(logits) : draw(logits);
        if (logits[token] == Float.NEGATIVE_INFINITY) {
            throw new NumericalException("no token may come next");
        }
        count++;
        generated.merge(token, 1, Integer::sum);
        if (constraint != null) {
            constraint.accept(token);
        }
        return parameters.logprobs() < 0 ? new GeneratedToken(token, Float.NaN, List.of()) : told(token, raw);
    }

    private static void check(float[] logits) {
        for (float logit : logits) {
            if (!(logit < Float.POSITIVE_INFINITY)) {
                throw new NumericalException("the model computed logits that are not finite");
            }
        }
    }

    /** Bias, constraint and penalties. */
    private void shape(float[] logits) {
        parameters.logitBias().forEach((id, bias) -> logits[id] += bias);
        if (constraint != null) {
            long[] allowed = new long[(logits.length + 63) / 64];
            constraint.allow(allowed);
            for (int i = 0; i < logits.length; i++) {
                if ((allowed[i >> 6] & (1L << i)) == 0) {
                    logits[i] = Float.NEGATIVE_INFINITY;
                }
            }
        }
        if (count < minTokens) {
            endIds.forEach(id -> logits[id] = Float.NEGATIVE_INFINITY);
        }
        for (int id : prompt) {
            if (!generated.containsKey(id)) {
                logits[id] = repeated(logits[id]);
            }
        }
        generated.forEach((id, times) -> logits[id] =
                repeated(logits[id]) - parameters.presencePenalty() - parameters.frequencyPenalty() * times);
    }

    private float repeated(float logit) {
        return logit > 0 ? logit / parameters.repetitionPenalty() : logit * parameters.repetitionPenalty();
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private int draw(float[] logits) {
        float most = logits[best(logits)];
        double[] weights = new double[logits.length];
        double total = 0;
        for (int i = 0; i < logits.length; i++) {
            weights[i] = Math.exp((logits[i] - most) / parameters.temperature());
            weights[i] = weights[i] < parameters.minP() ? 0 : weights[i];
            total += weights[i];
        }
        boolean all = parameters.topK() == 0 && parameters.topP() == 1;
        return all ? fromAll(weights, total) : fromLikely(weights, total);
    }

    private int fromAll(double[] weights, double total) {
        double point = random.nextDouble() * total;
        int last = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                last = i;
                point -= weights[i];
                if (point < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    /** From the {@code topK} most likely, and of those the fewest that hold {@code topP} of their probability. */
    private int fromLikely(double[] weights, double total) {
        int k = parameters.topK() == 0 ? weights.length : parameters.topK();
        double floor = parameters.topP() == 1 ? 0 : total * (1 - parameters.topP()) / weights.length;
        int[] likely = mostLikely(weights, k == weights.length ? floor : 0, k);
        double kept = 0;
        for (int id : likely) {
            kept += weights[id];
        }
        double whole = k == weights.length ? total : kept;
        double mass = 0;
        int taken = 0;
        while (taken < likely.length && (taken == 0 || mass < parameters.topP() * whole)) {
            mass += weights[likely[taken++]];
        }
        double point = random.nextDouble() * mass;
        for (int i = 0; i < taken; i++) {
            point -= weights[likely[i]];
            if (point < 0) {
                return likely[i];
            }
        }
        return likely[taken - 1];
    }

    /** Ids of the {@code k} largest weights above 0 that are not below the floor, largest first, lower ids first. */
    private static int[] mostLikely(double[] weights, double floor, int k) {
        long[] keys = new long[weights.length];
        int candidates = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0 && weights[i] >= floor) {
                keys[candidates++] = ((long) Float.floatToIntBits((float) weights[i]) << 32) | (Integer.MAX_VALUE - i);
            }
        }
        Arrays.sort(keys, 0, candidates);
        int[] ids = new int[Math.min(k, candidates)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Integer.MAX_VALUE - (int) keys[candidates - 1 - i];
        }
        return ids;
    }

    private GeneratedToken told(int token, float[] raw) {
        double most = raw[best(raw)];
        double[] weights = new double[raw.length];
        double sum = 0;
        for (int i = 0; i < raw.length; i++) {
            weights[i] = Math.exp(raw[i] - most);
            sum += weights[i];
        }
        double normalizer = most + Math.log(sum);
        List<GeneratedToken.Candidate> top = new ArrayList<>();
        for (int id : mostLikely(weights, 0, parameters.logprobs())) {
            top.add(new GeneratedToken.Candidate(id, (float) (raw[id] - normalizer)));
        }
        return new GeneratedToken(token, (float) (raw[token] - normalizer), top);
    }
}
