package dev.plimsoll.server.openai;

import dev.plimsoll.server.engine.Engine;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.SplittableRandom;

/** A model that has learned nothing: any token that may come is as likely as any other. */
public final class RandomEngine implements Engine {
    private final EngineLimits limits;
    private final KvCache cache;
    private final SplittableRandom random;
    private final Deque<StepOutput> underWay = new ArrayDeque<>();

    /** So many tokens of one sequence, eight sequences. */
    public RandomEngine(int vocabulary, int maxSequenceTokens, long seed) {
        int pages = 8 * Math.ceilDiv(maxSequenceTokens, KvCache.PAGE_TOKENS);
        this.limits = new EngineLimits(8, maxSequenceTokens, 512, pages, vocabulary, 0, 0, 2);
        this.cache = new KvCache(pages);
        this.random = new SplittableRandom(seed);
    }

    @Override
    public EngineLimits limits() {
        return limits;
    }

    @Override
    public KvCache cache() {
        return cache;
    }

    @Override
    public void begin(StepInput input) {
        StepOutput output = new StepOutput(limits);
        int words = Math.ceilDiv(limits.vocabulary(), Long.SIZE);
        for (int row = 0; row < input.rows(); row++) {
            BitSet allowed = new BitSet();
            allowed.set(0, limits.vocabulary());
            int mask = input.sampling.constraints[row];
            if (mask >= 0) {
                long[] bits = new long[words];
                System.arraycopy(input.sampling.allowed(), mask * words, bits, 0, words);
                allowed.and(BitSet.valueOf(bits));
            }
            for (int i = input.sampling.biasStarts[row]; i < input.sampling.biasStarts[row + 1]; i++) {
                if (input.sampling.biasValues()[i] == Float.NEGATIVE_INFINITY) {
                    allowed.clear(input.sampling.biasIds()[i]);
                }
            }
            for (int i = input.sampling.biasStarts[row]; i < input.sampling.biasStarts[row + 1]; i++) {
                if (input.sampling.biasValues()[i] > 100) {
                    allowed.clear();
                    allowed.set(input.sampling.biasIds()[i]);
                }
            }
            int[] ids = allowed.stream().toArray();
            output.failed[row] = ids.length == 0;
            output.ids[row] = ids.length == 0 ? 0 : ids[random.nextInt(ids.length)];
        }
        underWay.add(output);
    }

    @Override
    public void await(StepOutput output) {
        StepOutput done = underWay.remove();
        System.arraycopy(done.ids, 0, output.ids, 0, done.ids.length);
        System.arraycopy(done.failed, 0, output.failed, 0, done.failed.length);
    }

    @Override
    public void close() {}
}
