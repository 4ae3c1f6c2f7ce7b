package dev.plimsoll.server.runtime.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.engine.StepInput;
import dev.plimsoll.server.engine.StepOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels beside plain Java; run on a machine with a GPU, by {@code make test-gpu}. */
class KernelEngineGpu {
    static Stream<DecoderKind> kinds() {
        return Arrays.stream(DecoderKind.values());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void promptsTogetherThenDecodeSteps(DecoderKind kind) {
        try (GpuDecoder decoder = kind.open()) {
            List<GpuText> texts = GpuText.texts(1, 15, 16, 17, 63, 65, 129, 200);
            GpuText.assertClose(decoder, texts, GpuText.step(decoder, texts, 512, GpuText.GREEDY));
            decoder.engine.warmUp();
            for (int i = 0; i < 3; i++) {
                texts.forEach(text -> text.add(text.tokens[0] + 1));
                GpuText.assertClose(decoder, texts, GpuText.step(decoder, texts, 1, GpuText.GREEDY));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aPromptInChunks(DecoderKind kind) {
        try (GpuDecoder decoder = kind.open()) {
            for (int chunk : new int[] {37, 20, 9}) {
                List<GpuText> texts = GpuText.texts(150);
                StepOutput output = new StepOutput(DecoderKind.LIMITS);
                while (texts.getFirst().done < 150) {
                    output = GpuText.step(decoder, texts, chunk, GpuText.GREEDY);
                }
                GpuText.assertClose(decoder, texts, output);
                texts.forEach(text -> decoder.engine.cache().release(text.table));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void decodeStepsOfAnyNumberOfRows(DecoderKind kind) {
        try (GpuDecoder decoder = kind.open()) {
            decoder.engine.warmUp();
            for (int rows : new int[] {1, 2, 3, 5, 9, 17, 33, 40}) {
                List<GpuText> texts = GpuText.texts(
                        IntStream.range(0, rows).map(i -> 1 + 7 * i % 60).toArray());
                for (GpuText text : texts) {
                    GpuText.step(decoder, List.of(text), 512, GpuText.GREEDY);
                    text.add(9);
                }
                StepOutput output = GpuText.step(decoder, texts, 1, GpuText.GREEDY);
                GpuText.assertClose(decoder, texts, output);
                texts.forEach(text -> decoder.engine.cache().release(text.table));
            }
        }
    }

    @Test
    void promptsBesideDecodeRows() {
        try (GpuDecoder decoder = DecoderKind.NARROW.open()) {
            GpuText decoding = GpuText.texts(70).getFirst();
            GpuText.step(decoder, List.of(decoding), 512, GpuText.GREEDY);
            decoding.add(5);
            GpuText arriving = GpuText.texts(90).getFirst();
            StepInput input = new StepInput(DecoderKind.LIMITS);
            input.clear();
            decoder.engine.cache().extend(decoding.table, 71);
            decoder.engine.cache().extend(arriving.table, 90);
            input.decode(5, 70, decoding.table, GpuText.GREEDY, 70);
            input.prompt(arriving.tokens, 0, 90, arriving.table, true, GpuText.GREEDY, 90);
            StepOutput output = new StepOutput(DecoderKind.LIMITS);
            decoder.engine.step(input, output);
            GpuText.assertClose(decoder, List.of(decoding, arriving), output);
        }
    }

    @Test
    void theSameStepGivesTheSameBits() {
        try (GpuDecoder decoder = DecoderKind.NARROW.open()) {
            decoder.engine.warmUp();
            List<GpuText> texts = GpuText.texts(1, 20, 160, 200, 300);
            GpuText.step(decoder, texts.subList(0, 3), 512, GpuText.GREEDY);
            GpuText.step(decoder, texts.subList(3, 5), 512, GpuText.GREEDY);
            texts.forEach(text -> text.add(11));
            GpuText.step(decoder, texts, 1, GpuText.GREEDY);
            float[][] first = decoder.logits(texts.size());
            for (int i = 0; i < 12; i++) {
                texts.forEach(text -> text.done--);
                GpuText.step(decoder, texts, 1, GpuText.GREEDY);
                assertThat(decoder.logits(texts.size())).isDeepEqualTo(first);
            }
        }
    }

    @Test
    void aStepBeginsBeforeTheHostKnowsWhatTheOneBeforeItChose() {
        try (GpuDecoder decoder = DecoderKind.WIDE.open()) {
            decoder.engine.warmUp();
            GpuText text = GpuText.texts(40).getFirst();
            int first = GpuText.step(decoder, List.of(text), 512, GpuText.GREEDY).ids[0];
            List<Integer> alone = new ArrayList<>(List.of(first));
            for (int i = 0; i < 6; i++) {
                text.add(alone.getLast());
                alone.add(GpuText.step(decoder, List.of(text), 1, GpuText.GREEDY).ids[0]);
            }
            List<Integer> overlapped = new ArrayList<>(List.of(first));
            StepInput input = new StepInput(DecoderKind.LIMITS);
            StepOutput output = new StepOutput(DecoderKind.LIMITS);
            for (int i = 0; i < 6; i++) {
                input.clear();
                input.decode(i == 0 ? first : StepInput.chosenBy(0), 40 + i, text.table, GpuText.GREEDY, 40);
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
}
