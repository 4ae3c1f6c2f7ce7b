package dev.plimsoll.server.runtime.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What kernels choose beside plain Java; run on a machine with a GPU, by {@code make test-gpu}. */
class KernelSamplingGpu {
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
        try (GpuDecoder decoder = DecoderKind.NARROW.open()) {
            GpuText text = GpuText.texts(60).getFirst();
            text.tokens[30] = text.tokens[50];
            GpuText.step(decoder, List.of(text), 59, GpuText.GREEDY);
            int[] sequence = text.tokens;
            for (int seed = 0; seed < 40; seed++) {
                StepInput input = new StepInput(DecoderKind.LIMITS);
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
                StepOutput output = new StepOutput(DecoderKind.LIMITS);
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
        try (GpuDecoder decoder = DecoderKind.NARROW.open()) {
            GpuText text = GpuText.texts(20).getFirst();
            decoder.engine.cache().extend(text.table, 20);
            StepInput input = new StepInput(DecoderKind.LIMITS);
            input.clear();
            int row = input.prompt(text.tokens, 0, 20, text.table, true, GpuText.GREEDY, 20);
            input.sampling.constrain(row, new dev.plimsoll.server.engine.TokenConstraint() {
                @Override
                public void allow(long[] allowed) {
                    allowed[8999 / 64] |= 1L << 8999 % 64;
                    allowed[3] |= 1L << 5;
                }

                @Override
                public void accept(int token) {}
            });
            StepOutput output = new StepOutput(DecoderKind.LIMITS);
            decoder.engine.step(input, output);
            float[] logits = decoder.logits(1)[0];
            assertThat(output.ids[0]).isEqualTo(logits[8999] > logits[197] ? 8999 : 197);
        }
    }
}
