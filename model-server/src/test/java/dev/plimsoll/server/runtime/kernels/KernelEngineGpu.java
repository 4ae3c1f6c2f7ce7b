package dev.plimsoll.server.runtime.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.engine.BlockTable;
import dev.plimsoll.server.engine.EngineLimits;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import dev.plimsoll.server.runtime.kernels.DenseShape.Activation;
import dev.plimsoll.server.runtime.kernels.KernelImage.Element;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels beside plain Java; run on a machine with a GPU, by {@code make test-gpu}. */
class KernelEngineGpu {
    private static final int VOCABULARY = 9008;
    private static final EngineLimits LIMITS = new EngineLimits(40, 320, 512, 800, VOCABULARY, 0, 0, 2);

    @SuppressWarnings("ImmutableEnumChecker")
    private enum Kind {
        /** Groups of 4, a window in every other layer. */
        NARROW(Element.BFLOAT16, 64, 8, 2, List.of(0, 48, 0), false, false, Activation.SILU),
        /** Groups of 8, biases. */
        WIDE(Element.BFLOAT16, 128, 8, 1, List.of(0, 0), true, false, Activation.SILU),
        /** A group of 9, norms of heads, a width that is not a multiple of a block. */
        ODD(Element.BFLOAT16, 64, 9, 1, List.of(0, 100), false, true, Activation.GELU_TANH),
        /** A head each, float16. */
        HALF(Element.FLOAT16, 128, 3, 3, List.of(0, 17), true, true, Activation.GELU),
        /** Products of our own, x in registers. */
        STREAMED(Element.BFLOAT16, 64, 512, 768, 8, 2, List.of(0, 0, 0), true, false, Activation.SILU),
        /** Products of our own, x read again for each tile, float16; a gate that is not a part of its product. */
        LONG(Element.FLOAT16, 128, 2304, 4352, 4, 2, List.of(0, 40), false, true, Activation.GELU_TANH);

        private final DenseShape shape;
        private final boolean biases;
        private final boolean norms;

        Kind(
                Element type,
                int width,
                int heads,
                int keyValueHeads,
                List<Integer> windows,
                boolean biases,
                boolean norms,
                Activation activation) {
            this(type, width, heads * 40, heads * 88, heads, keyValueHeads, windows, biases, norms, activation);
        }

        Kind(
                Element type,
                int width,
                int hidden,
                int intermediate,
                int heads,
                int keyValueHeads,
                List<Integer> windows,
                boolean biases,
                boolean norms,
                Activation activation) {
            this.shape = new DenseShape(
                    type,
                    hidden,
                    intermediate,
                    heads,
                    keyValueHeads,
                    width,
                    VOCABULARY,
                    windows,
                    1 / Math.sqrt(width),
                    1e-6,
                    activation);
            this.biases = biases;
            this.norms = norms;
        }

        GpuDecoder open() {
            return new GpuDecoder(shape, biases, norms, LIMITS);
        }
    }

    static Stream<Kind> kinds() {
        return Arrays.stream(Kind.values());
    }

    /** A sequence of a test: its tokens, and which of them the engine has had. */
    private static final class Text {
        private final BlockTable table = new BlockTable();
        private int[] tokens;
        private final int prompt;
        private int done;

        Text(int[] tokens) {
            this.tokens = tokens;
            this.prompt = tokens.length;
        }

        void add(int token) {
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = token;
        }
    }

    private static List<Text> texts(int... lengths) {
        Random random = new Random(3);
        return Arrays.stream(lengths)
                .mapToObj(length -> new Text(random.ints(length, 0, VOCABULARY).toArray()))
                .toList();
    }

    /** One step that takes up to so many tokens of each; those that come to their end choose. */
    private static StepOutput step(GpuDecoder decoder, List<Text> texts, int tokens, SamplingParameters parameters) {
        StepInput input = new StepInput(LIMITS);
        input.clear();
        for (Text text : texts) {
            int to = Math.min(text.tokens.length, text.done + tokens);
            assertThat(decoder.engine.cache().extend(text.table, to)).isTrue();
            if (text.done > 0 && to == text.done + 1 && texts.stream().allMatch(other -> other.done > 0)) {
                input.decode(text.tokens[text.done], text.done, text.table, parameters, text.prompt);
            } else {
                input.prompt(text.tokens, text.done, to, text.table, to == text.tokens.length, parameters, text.prompt);
            }
            text.done = to;
        }
        StepOutput output = new StepOutput(LIMITS);
        decoder.engine.step(input, output);
        return output;
    }

    private static double error(float[] actual, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    private static void assertClose(GpuDecoder decoder, List<Text> texts, StepOutput output) {
        float[][] logits = decoder.logits(texts.size());
        for (int row = 0; row < texts.size(); row++) {
            float[] expected = decoder.reference.logits(texts.get(row).tokens);
            assertThat(error(logits[row], expected))
                    .as("%d tokens", texts.get(row).tokens.length)
                    .isLessThan(decoder.shape.type() == Element.FLOAT16 ? 0.005 : 0.03);
            assertThat(output.failed[row]).isFalse();
            assertThat(output.ids[row]).isEqualTo(likeliest(logits[row]));
        }
    }

    private static int likeliest(float[] logits) {
        return IntStream.range(0, logits.length)
                .reduce((best, i) -> logits[i] > logits[best] ? i : best)
                .orElseThrow();
    }

    private static final SamplingParameters GREEDY = SamplingParameters.greedy();

    @ParameterizedTest
    @MethodSource("kinds")
    void promptsTogetherThenDecodeSteps(Kind kind) {
        try (GpuDecoder decoder = kind.open()) {
            List<Text> texts = texts(1, 15, 16, 17, 63, 65, 129, 200);
            assertClose(decoder, texts, step(decoder, texts, 512, GREEDY));
            decoder.engine.warmUp();
            for (int i = 0; i < 3; i++) {
                texts.forEach(text -> text.add(text.tokens[0] + 1));
                assertClose(decoder, texts, step(decoder, texts, 1, GREEDY));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aPromptInChunks(Kind kind) {
        try (GpuDecoder decoder = kind.open()) {
            for (int chunk : new int[] {37, 20, 9}) {
                List<Text> texts = texts(150);
                StepOutput output = new StepOutput(LIMITS);
                while (texts.getFirst().done < 150) {
                    output = step(decoder, texts, chunk, GREEDY);
                }
                assertClose(decoder, texts, output);
                texts.forEach(text -> decoder.engine.cache().release(text.table));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void decodeStepsOfAnyNumberOfRows(Kind kind) {
        try (GpuDecoder decoder = kind.open()) {
            decoder.engine.warmUp();
            for (int rows : new int[] {1, 2, 3, 5, 9, 17, 33, 40}) {
                List<Text> texts =
                        texts(IntStream.range(0, rows).map(i -> 1 + 7 * i % 60).toArray());
                for (Text text : texts) {
                    step(decoder, List.of(text), 512, GREEDY);
                    text.add(9);
                }
                StepOutput output = step(decoder, texts, 1, GREEDY);
                assertClose(decoder, texts, output);
                texts.forEach(text -> decoder.engine.cache().release(text.table));
            }
        }
    }

    @Test
    void promptsBesideDecodeRows() {
        try (GpuDecoder decoder = Kind.NARROW.open()) {
            Text decoding = texts(70).getFirst();
            step(decoder, List.of(decoding), 512, GREEDY);
            decoding.add(5);
            Text arriving = texts(90).getFirst();
            StepInput input = new StepInput(LIMITS);
            input.clear();
            decoder.engine.cache().extend(decoding.table, 71);
            decoder.engine.cache().extend(arriving.table, 90);
            input.decode(5, 70, decoding.table, GREEDY, 70);
            input.prompt(arriving.tokens, 0, 90, arriving.table, true, GREEDY, 90);
            StepOutput output = new StepOutput(LIMITS);
            decoder.engine.step(input, output);
            assertClose(decoder, List.of(decoding, arriving), output);
        }
    }

    @Test
    void theSameStepGivesTheSameBits() {
        try (GpuDecoder decoder = Kind.NARROW.open()) {
            decoder.engine.warmUp();
            List<Text> texts = texts(1, 20, 160, 200, 300);
            step(decoder, texts.subList(0, 3), 512, GREEDY);
            step(decoder, texts.subList(3, 5), 512, GREEDY);
            texts.forEach(text -> text.add(11));
            step(decoder, texts, 1, GREEDY);
            float[][] first = decoder.logits(texts.size());
            for (int i = 0; i < 12; i++) {
                texts.forEach(text -> text.done--);
                step(decoder, texts, 1, GREEDY);
                assertThat(decoder.logits(texts.size())).isDeepEqualTo(first);
            }
        }
    }

    @Test
    void aStepBeginsBeforeTheHostKnowsWhatTheOneBeforeItChose() {
        try (GpuDecoder decoder = Kind.WIDE.open()) {
            decoder.engine.warmUp();
            Text text = texts(40).getFirst();
            int first = step(decoder, List.of(text), 512, GREEDY).ids[0];
            List<Integer> alone = new ArrayList<>(List.of(first));
            for (int i = 0; i < 6; i++) {
                text.add(alone.getLast());
                alone.add(step(decoder, List.of(text), 1, GREEDY).ids[0]);
            }
            List<Integer> overlapped = new ArrayList<>(List.of(first));
            StepInput input = new StepInput(LIMITS);
            StepOutput output = new StepOutput(LIMITS);
            for (int i = 0; i < 6; i++) {
                input.clear();
                input.decode(i == 0 ? first : StepInput.chosenBy(0), 40 + i, text.table, GREEDY, 40);
                decoder.engine.begin(input);
                if (i > 0) {
                    decoder.engine.await(output);
                    overlapped.add(output.ids[0]);
                }
            }
            decoder.engine.await(output);
            overlapped.add(output.ids[0]);
            assertThat(overlapped).isEqualTo(alone);
        }
    }

    static Stream<SamplingParameters> sampled() {
        return Stream.of(
                with(1, 0, 1, 0, 0, 0, 1, Map.of()),
                with(1, 0, 0.95f, 0, 0, 0, 1, Map.of()),
                with(0.7f, 50, 0.9f, 0, 0, 0, 1, Map.of()),
                with(1.3f, 3, 1, 0, 0, 0, 1, Map.of()),
                with(1, 0, 1, 0.1f, 0, 0, 1, Map.of()),
                with(0.5f, 20, 0.5f, 0.02f, 0, 0, 1, Map.of()),
                with(2, 0, 0.99f, 0, 0.5f, 0.7f, 1.2f, Map.of()),
                with(1, 5, 1, 0, -0.5f, 0, 0.8f, Map.of(17, 4f, 8200, 9f)));
    }

    private static SamplingParameters with(
            float temperature,
            int topK,
            float topP,
            float minP,
            float presence,
            float frequency,
            float repetition,
            Map<Integer, Float> bias) {
        return new SamplingParameters(temperature, topK, topP, minP, presence, frequency, repetition, bias, 1, 5);
    }

    /** Every token lies where its draw falls among the reference's probabilities, and logprobs are those of the logits. */
    @ParameterizedTest
    @MethodSource("sampled")
    void samplesAsTheReferenceDoes(SamplingParameters parameters) {
        try (GpuDecoder decoder = Kind.NARROW.open()) {
            Text text = texts(60).getFirst();
            text.tokens[30] = text.tokens[50];
            step(decoder, List.of(text), 59, GREEDY);
            int[] sequence = text.tokens;
            for (int seed = 0; seed < 40; seed++) {
                StepInput input = new StepInput(LIMITS);
                input.clear();
                SamplingParameters seeded = new SamplingParameters(
                        parameters.temperature(),
                        parameters.topK(),
                        parameters.topP(),
                        parameters.minP(),
                        parameters.presencePenalty(),
                        parameters.frequencyPenalty(),
                        parameters.repetitionPenalty(),
                        parameters.logitBias(),
                        seed,
                        5);
                input.decode(sequence[59], 59, text.table, seeded, 40);
                StepOutput output = new StepOutput(LIMITS);
                decoder.engine.step(input, output);
                float[] logits = decoder.logits(1)[0];
                double[] adjusted = ReferenceSampler.adjusted(logits, seeded, sequence, 40);
                double[] interval = ReferenceSampler.nucleus(adjusted, seeded).interval(output.ids[0]);
                float draw = input.sampling.draws[0];
                assertThat(interval[0]).as("token %d", output.ids[0]).isLessThanOrEqualTo(draw + 1e-3);
                assertThat(interval[1]).isGreaterThanOrEqualTo(draw - 1e-3);
                assertLogprobs(logits, output);
            }
        }
    }

    private static void assertLogprobs(float[] logits, StepOutput output) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        double all = Math.log(sum);
        assertThat((double) output.logprobs[0])
                .isCloseTo(logits[output.ids[0]] - all, org.assertj.core.data.Offset.offset(1e-3));
        int[] sorted = IntStream.range(0, logits.length)
                .boxed()
                .sorted((a, b) -> Float.compare(logits[b], logits[a]))
                .mapToInt(i -> i)
                .limit(5)
                .toArray();
        assertThat(Arrays.copyOf(output.topIds, 5)).isEqualTo(sorted);
        assertThat((double) output.topLogprobs[4])
                .isCloseTo(logits[sorted[4]] - all, org.assertj.core.data.Offset.offset(1e-3));
    }

    @Test
    void aConstraintLimitsTheChoice() {
        try (GpuDecoder decoder = Kind.NARROW.open()) {
            Text text = texts(20).getFirst();
            decoder.engine.cache().extend(text.table, 20);
            StepInput input = new StepInput(LIMITS);
            input.clear();
            int row = input.prompt(text.tokens, 0, 20, text.table, true, GREEDY, 20);
            input.sampling.constrain(row, new dev.plimsoll.server.engine.TokenConstraint() {
                @Override
                public void allow(long[] allowed) {
                    allowed[8999 / 64] |= 1L << 8999 % 64;
                    allowed[3] |= 1L << 5;
                }

                @Override
                public void accept(int token) {}
            });
            StepOutput output = new StepOutput(LIMITS);
            decoder.engine.step(input, output);
            float[] logits = decoder.logits(1)[0];
            assertThat(output.ids[0]).isEqualTo(logits[8999] > logits[197] ? 8999 : 197);
        }
    }
}
