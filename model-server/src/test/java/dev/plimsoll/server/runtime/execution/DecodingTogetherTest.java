package dev.plimsoll.server.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.server.runtime.execution.LoadedModel.Run;
import dev.plimsoll.server.runtime.torch.TestTorch;
import dev.plimsoll.server.runtime.torch.TorchTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences that decode in one step get what each gets alone, whatever their lengths and slots. */
class DecodingTogetherTest {
    private static final Path CHECKPOINTS = Path.of("src/test/resources/checkpoints");
    private static final List<Run> PROMPTS = List.of(prompt(3, 40), prompt(0, 7), prompt(2, 1));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-sharded",
                "llama-tied-ropescaled",
                "mistral",
                "qwen2",
                "qwen3",
                "qwen3-moe",
                "phi3",
                "gemma2",
                "gpt2"
            })
    void theSameLogits(String name) {
        Path folder = CHECKPOINTS.resolve(name);
        try (LoadedModel alone = LoadedModel.whole(folder, Dtype.Float32);
                LoadedModel together = LoadedModel.whole(folder, Dtype.Float32)) {
            together.tensors().units().forEach(DecodingTogetherTest::leaveNaN);
            for (Run prompt : PROMPTS) {
                alone.step(List.of(prompt));
                together.step(List.of(prompt));
            }
            for (int token = 0; token < 12; token++) {
                List<Run> runs = next(token);
                float[][] actual = together.step(runs);
                for (int i = 0; i < runs.size(); i++) {
                    float[] expected = alone.step(List.of(runs.get(i)))[0];
                    for (int logit = 0; logit < expected.length; logit++) {
                        assertThat(actual[i][logit])
                                .as("token %d of run %d, logit %d", token, i, logit)
                                .isCloseTo(expected[logit], within(1e-4f));
                    }
                }
            }
        }
    }

    /** As after sequences that overflowed. */
    private static void leaveNaN(UnitTensors unit) {
        Stream.of(unit.keys(), unit.values())
                .flatMap(List::stream)
                .map(cache -> ((TorchTensor) cache).array())
                .forEach(cache -> TestTorch.LOADED.tensors().run("copy", cache, cache.add(Float.NaN)));
    }

    private static Run prompt(int slot, int length) {
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = (7 * slot + 3 * i + 1) % 90;
        }
        return LoadedModel.run(slot, 0, tokens);
    }

    private static List<Run> next(int token) {
        return PROMPTS.stream()
                .map(prompt -> LoadedModel.run(prompt.slot(), prompt.tokens().length + token, (5 * token + 2) % 90))
                .toList();
    }
}
