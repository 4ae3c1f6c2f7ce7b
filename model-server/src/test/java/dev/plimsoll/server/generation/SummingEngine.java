package dev.plimsoll.server.generation;

import dev.plimsoll.server.engine.Engine;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Chooses the sum of all tokens of a sequence, as its pages hold them, so that a token in a wrong page or place changes
 * every answer; the log-probability of whatever is chosen is that sum, negated. What is biased to negative infinity is
 * passed over, what is biased upwards is chosen.
 */
final class SummingEngine implements Engine {
    static final int VOCABULARY = 100;

    private final EngineLimits limits;
    private final KvCache cache;
    private final int[] places;
    private final Deque<StepOutput> underWay = new ArrayDeque<>();
    private StepOutput last;
    /** Tokens and rows of each step. */
    final List<Integer> tokens = new ArrayList<>();

    final List<Integer> rows = new ArrayList<>();
    /** Biases of each step. */
    final List<Integer> biases = new ArrayList<>();

    Runnable beforeStep = () -> {};
    int notANumber = -1;

    /** Three sequences of 64 tokens at most, 8 tokens in a step. */
    SummingEngine(int pages, int stepsInFlight) {
        this(new EngineLimits(3, 64, 8, pages, VOCABULARY, 0, 0, stepsInFlight));
    }

    SummingEngine(EngineLimits limits) {
        this.limits = limits;
        this.cache = new KvCache(limits.pages());
        this.places = new int[limits.pages() * KvCache.PAGE_TOKENS];
        this.last = new StepOutput(limits);
    }

    static SummingEngine encoder() {
        return new SummingEngine(new EngineLimits(3, 8, 8, 0, VOCABULARY, 1, 0, 1));
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
        if (underWay.size() == limits.stepsInFlight()) {
            throw new IllegalStateException("too many steps");
        }
        beforeStep.run();
        tokens.add(input.tokenCount());
        rows.add(input.rows());
        biases.add(input.sampling.biasStarts[input.rows()]);
        int[] ids = IntStream.range(0, input.tokenCount())
                .map(i -> input.tokens[i] < 0 ? last.ids[StepInput.chosenBy(input.tokens[i])] : input.tokens[i])
                .toArray();
        StepOutput output = new StepOutput(limits);
        if (limits.encodes()) {
            for (int row = 0; row < input.rows(); row++) {
                output.vectors[row] = Arrays.stream(ids, input.starts[row], input.starts[row + 1])
                                .sum()
                        % VOCABULARY;
            }
        } else {
            generate(input, ids, output);
        }
        last = output;
        underWay.add(output);
    }

    private void generate(StepInput input, int[] ids, StepOutput output) {
        for (int row = 0; row < input.rows(); row++) {
            for (int i = input.starts[row]; i < input.starts[row + 1]; i++) {
                places[place(input, row, input.positions[i])] = ids[i];
            }
        }
        for (int row = 0; row < input.rows(); row++) {
            int sum = 0;
            for (int position = 0; position < input.position(row) + input.length(row); position++) {
                sum += places[place(input, row, position)];
            }
            sum %= VOCABULARY;
            output.logprobs[row] = -sum;
            for (int i = input.sampling.biasStarts[row]; i < input.sampling.biasStarts[row + 1]; i++) {
                int id = input.sampling.biasIds()[i];
                if (input.sampling.biasValues()[i] > 0) {
                    sum = id;
                } else if (input.sampling.biasValues()[i] < 0) {
                    sum = id == sum ? (sum + 1) % VOCABULARY : sum;
                }
            }
            output.ids[row] = input.choosing[row] ? sum : Integer.MIN_VALUE;
            output.failed[row] = sum == notANumber;
        }
    }

    private int place(StepInput input, int row, int position) {
        return input.pages[row * limits.pagesPerSequence() + position / KvCache.PAGE_TOKENS] * KvCache.PAGE_TOKENS
                + position % KvCache.PAGE_TOKENS;
    }

    @Override
    public void await(StepOutput output) {
        StepOutput done = underWay.remove();
        System.arraycopy(done.ids, 0, output.ids, 0, done.ids.length);
        System.arraycopy(done.logprobs, 0, output.logprobs, 0, done.logprobs.length);
        System.arraycopy(done.failed, 0, output.failed, 0, done.failed.length);
        System.arraycopy(done.vectors, 0, output.vectors, 0, done.vectors.length);
    }

    @Override
    public void close() {}

    /** The tokens that a sequence gets where there is no other. */
    static List<Integer> alone(int[] prompt, int count) {
        int sum = IntStream.of(prompt).sum();
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(sum % VOCABULARY);
            sum += ids.getLast();
        }
        return ids;
    }
}
