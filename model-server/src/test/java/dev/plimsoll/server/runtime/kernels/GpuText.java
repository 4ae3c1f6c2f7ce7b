package dev.plimsoll.server.runtime.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.engine.BlockTable;
import dev.plimsoll.server.engine.SamplingParameters;
import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import dev.plimsoll.server.runtime.kernels.KernelImage.Element;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A sequence of a test: its tokens, and which of them the engine has had. */
final class GpuText {
    static final SamplingParameters GREEDY = SamplingParameters.greedy();

    final BlockTable table = new BlockTable();
    int[] tokens;
    final int prompt;
    int done;

    GpuText(int[] tokens) {
        this.tokens = tokens;
        this.prompt = tokens.length;
    }

    void add(int token) {
        tokens = Arrays.copyOf(tokens, tokens.length + 1);
        tokens[tokens.length - 1] = token;
    }

    /** Sequences of random tokens, of these lengths. */
    static List<GpuText> texts(int... lengths) {
        Random random = new Random(3);
        return Arrays.stream(lengths)
                .mapToObj(length -> new GpuText(
                        random.ints(length, 0, DecoderKind.LIMITS.vocabulary()).toArray()))
                .toList();
    }

    /** One step that takes up to so many tokens of each; those that come to their end choose. */
    static StepOutput step(GpuDecoder decoder, List<GpuText> texts, int tokens, SamplingParameters parameters) {
        StepInput input = new StepInput(DecoderKind.LIMITS);
        input.clear();
        for (GpuText text : texts) {
            int to = Math.min(text.tokens.length, text.done + tokens);
            assertThat(decoder.engine.cache().extend(text.table, to)).isTrue();
            if (text.done > 0 && to == text.done + 1 && texts.stream().allMatch(other -> other.done > 0)) {
                input.decode(text.tokens[text.done], text.done, text.table, parameters, text.prompt);
            } else {
                input.prompt(text.tokens, text.done, to, text.table, to == text.tokens.length, parameters, text.prompt);
            }
            text.done = to;
        }
        StepOutput output = new StepOutput(DecoderKind.LIMITS);
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

    /** Logits are near the reference's, and the likeliest tokens are chosen. */
    static void assertClose(GpuDecoder decoder, List<GpuText> texts, StepOutput output) {
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
}
