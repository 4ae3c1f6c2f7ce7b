package dev.plimsoll.server.runtime.execution;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.KvCache;
import dev.plimsoll.server.engine.SamplingTable;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import dev.plimsoll.server.placement.Workspace;
import dev.plimsoll.server.runtime.torch.Torch;
import java.nio.DoubleBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Sampling: chooses the tokens of a step by {@code sampling.py} where its logits are. Only what was chosen goes to the
 * host. Knows the token of every place in the KV cache, for penalties.
 */
final class TokenChoice {
    private static final int PARAMETERS = 5;

    private final Torch torch;
    private final EngineLimits limits;
    private final int[] tokens;
    private final Places places = new Places();
    private int[] counts = new int[0];

    TokenChoice(Torch torch, EngineLimits limits) {
        this.torch = torch;
        this.limits = limits;
        this.tokens = new int[limits.pages() * KvCache.PAGE_TOKENS];
    }

    /** What is done to logits: where, and by how much. */
    private static final class Places {
        private long[] at = new long[256];
        private double[] by = new double[256];
        private int count;

        void add(long place, double amount) {
            if (count == at.length) {
                at = Arrays.copyOf(at, 2 * count);
                by = Arrays.copyOf(by, 2 * count);
            }
            at[count] = place;
            by[count++] = amount;
        }
    }

    /** Keeps the tokens that a step writes to the KV cache. */
    void wrote(StepInput input, int[] ids) {
        for (int row = 0; row < input.rows(); row++) {
            for (int i = 0; i < input.length(row); i++) {
                tokens[place(input, row, input.position(row) + i)] = ids[input.starts[row] + i];
            }
        }
    }

    private int place(StepInput input, int row, int position) {
        int page = input.pages[row * limits.pagesPerSequence() + position / KvCache.PAGE_TOKENS];
        return page * KvCache.PAGE_TOKENS + position % KvCache.PAGE_TOKENS;
    }

    /**
     * Chooses.
     *
     * @param logits float32 [choosing rows, vocabulary]
     */
    void choose(StepInput input, PtNDArray logits, StepOutput output) {
        int[] rowOf = IntStream.range(0, input.rows())
                .filter(row -> input.choosing[row])
                .toArray();
        int pairs = input.sampling.isGreedy() ? -1 : pairs(input);
        int width = 2 + 2 * Math.max(0, pairs);
        int atOnce = input.sampling.isGreedy() ? rowOf.length : Workspace.rowsDrawnAtOnce(limits.vocabulary());
        for (int first = 0; first < rowOf.length; first += atOnce) {
            int[] rows = Arrays.copyOfRange(rowOf, first, Math.min(rowOf.length, first + atOnce));
            try (PtNDManager manager = (PtNDManager) torch.manager().newSubManager()) {
                PtNDArray told = input.sampling.isGreedy()
                        ? torch.tensors().tensor(manager, "likeliest", logits)
                        : sampled(manager, input, logits, first, rows, pairs);
                double[] values = told.toDoubleArray();
                for (int i = 0; i < rows.length; i++) {
                    read(values, width * i, Math.max(0, pairs), rows[i], output);
                }
            }
        }
    }

    private static void read(double[] values, int from, int pairs, int row, StepOutput output) {
        output.ids[row] = (int) values[from];
        output.failed[row] = values[from] < 0;
        output.logprobs[row] = (float) values[from + 1];
        for (int i = 0; i < pairs; i++) {
            output.topIds[row * StepOutput.MAX_LOGPROBS + i] = (int) values[from + 2 + i];
            output.topLogprobs[row * StepOutput.MAX_LOGPROBS + i] = (float) values[from + 2 + pairs + i];
        }
    }

    private int pairs(StepInput input) {
        int most = -1;
        for (int row = 0; row < input.rows(); row++) {
            most = Math.max(most, input.choosing[row] ? input.sampling.logprobs[row] : -1);
        }
        return Math.min(most, limits.vocabulary());
    }

    /** What is chosen for some rows of the logits, from {@code first} on. */
    private PtNDArray sampled(
            PtNDManager manager, StepInput input, PtNDArray logits, int first, int[] rowOf, int pairs) {
        SamplingTable table = input.sampling;
        places.count = 0;
        int rows = rowOf.length;
        for (int i = 0; i < rows; i++) {
            bias(table, rowOf[i], (long) i * limits.vocabulary());
        }
        int biased = places.count;
        for (int i = 0; i < rows; i++) {
            repeat(input, rowOf[i], (long) i * limits.vocabulary());
        }
        int repeated = places.count - biased;
        for (int i = 0; i < rows; i++) {
            penalize(input, rowOf[i], (long) i * limits.vocabulary());
        }
        long[] kinds = {biased, repeated, places.count - biased - repeated};
        int[] constrained = IntStream.range(0, rows)
                .filter(i -> table.constraints[rowOf[i]] >= 0)
                .toArray();
        int words = Math.ceilDiv(limits.vocabulary(), Long.SIZE);
        long[] allowed = new long[constrained.length * words];
        for (int i = 0; i < constrained.length; i++) {
            int mask = table.constraints[rowOf[constrained[i]]];
            System.arraycopy(table.allowed(), mask * words, allowed, i * words, words);
        }
        return torch.tensors()
                .tensor(
                        manager,
                        "choose",
                        logits,
                        (long) first,
                        parameters(manager, table, rowOf),
                        longs(manager, places.at, new Shape(places.count)),
                        manager.create(
                                DoubleBuffer.wrap(places.by, 0, places.count),
                                new Shape(places.count),
                                DataType.FLOAT64),
                        kinds,
                        longs(manager, allowed, new Shape(constrained.length, words)),
                        longs(
                                manager,
                                Arrays.stream(constrained).asLongStream().toArray(),
                                new Shape(constrained.length)),
                        pairs);
    }

    private static PtNDArray parameters(PtNDManager manager, SamplingTable table, int[] rowOf) {
        double[] parameters = new double[rowOf.length * PARAMETERS];
        for (int i = 0; i < rowOf.length; i++) {
            int at = PARAMETERS * i;
            parameters[at] = table.temperatures[rowOf[i]];
            parameters[at + 1] = table.topK[rowOf[i]];
            parameters[at + 2] = table.topP[rowOf[i]];
            parameters[at + 3] = table.minP[rowOf[i]];
            parameters[at + 4] = table.draws[rowOf[i]];
        }
        return manager.create(DoubleBuffer.wrap(parameters), new Shape(rowOf.length, PARAMETERS), DataType.FLOAT64);
    }

    private static PtNDArray longs(PtNDManager manager, long[] values, Shape shape) {
        return manager.create(LongBuffer.wrap(values, 0, Math.toIntExact(shape.size())), shape, DataType.INT64);
    }

    private void bias(SamplingTable table, int row, long first) {
        for (int i = table.biasStarts[row]; i < table.biasStarts[row + 1]; i++) {
            places.add(first + table.biasIds()[i], table.biasValues()[i]);
        }
    }

    /** A token is repeated once however often it was said: equal places get equal values. */
    private void repeat(StepInput input, int row, long first) {
        double penalty = input.sampling.repetitionPenalties[row];
        if (penalty != 1) {
            int end = input.position(row) + input.length(row);
            for (int position = 0; position < end; position++) {
                places.add(first + tokens[place(input, row, position)], penalty);
            }
        }
    }

    private void penalize(StepInput input, int row, long first) {
        double presence = input.sampling.presencePenalties[row];
        double frequency = input.sampling.frequencyPenalties[row];
        if (presence == 0 && frequency == 0) {
            return;
        }
        if (counts.length == 0) {
            counts = new int[limits.vocabulary()];
        }
        int start = input.sampling.promptTokens[row];
        int end = input.position(row) + input.length(row);
        for (int position = start; position < end; position++) {
            counts[tokens[place(input, row, position)]]++;
        }
        for (int position = start; position < end; position++) {
            int token = tokens[place(input, row, position)];
            if (counts[token] > 0) {
                places.add(first + token, presence + frequency * counts[token]);
                counts[token] = 0;
            }
        }
    }
}
