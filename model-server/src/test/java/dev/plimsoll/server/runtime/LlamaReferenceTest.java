package dev.plimsoll.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.server.placement.DeviceId;
import dev.plimsoll.server.runtime.SequenceModel.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiny checkpoints give what transformers gave for them in float32. */
class LlamaReferenceTest {
    private static final Path CHECKPOINTS = Path.of("src/test/resources/checkpoints");

    @ParameterizedTest
    @ValueSource(strings = {"llama-sharded", "llama-tied-ropescaled"})
    void onTheHost(String name) throws IOException {
        try (LoadedModel loaded = LoadedModel.onHost(CHECKPOINTS.resolve(name), Dtype.Float32)) {
            assertReference(name, loaded.model());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-sharded", "llama-tied-ropescaled"})
    void splitOverTwoGpus(String name) throws IOException {
        try (LoadedModel loaded = LoadedModel.onEmulatedGpus(CHECKPOINTS.resolve(name), Dtype.Float32, 2, 5L << 20)) {
            assertThat(loaded.plan().modules().values().stream()
                            .map(placed -> placed.device())
                            .distinct())
                    .containsExactly(DeviceId.gpu(0), DeviceId.gpu(1));
            assertReference(name, loaded.model());
        }
    }

    @Test
    void sequencesThatShareAStepGetTheTokensTheyGetAlone() throws IOException {
        try (LoadedModel loaded = LoadedModel.onHost(CHECKPOINTS.resolve("llama-tied-ropescaled"), Dtype.Float32)) {
            List<JsonNode> cases = cases("llama-tied-ropescaled");
            List<int[]> prompts =
                    cases.stream().map(c -> ints(c.path("inputIds"))).toList();
            List<List<Integer>> outputs = new ArrayList<>();
            List<Run> runs = new ArrayList<>();
            for (int slot = 0; slot < prompts.size(); slot++) {
                runs.add(new Run(slot, 0, prompts.get(slot)));
                outputs.add(new ArrayList<>());
            }
            for (int step = 0; step < 24; step++) {
                float[][] logits = loaded.model().step(runs);
                List<Run> next = new ArrayList<>();
                for (int slot = 0; slot < runs.size(); slot++) {
                    int token = argmax(logits[slot]);
                    outputs.get(slot).add(token);
                    Run run = runs.get(slot);
                    next.add(new Run(slot, run.position() + run.tokens().length, new int[] {token}));
                }
                runs = next;
            }
            for (int slot = 0; slot < cases.size(); slot++) {
                assertThat(outputs.get(slot))
                        .containsExactlyElementsOf(boxed(ints(cases.get(slot).path("greedy"))));
            }
        }
    }

    private static void assertReference(String name, SequenceModel model) throws IOException {
        int slot = 0;
        for (JsonNode expected : cases(name)) {
            int[] prompt = ints(expected.path("inputIds"));
            float[] logits = model.step(List.of(new Run(slot, 0, prompt)))[0];
            assertThat(logits).containsExactly(floats(expected.path("lastLogits")), Offset.offset(1e-3f));
            List<Integer> tokens = new ArrayList<>();
            for (int position = prompt.length;
                    tokens.size() < expected.path("greedy").size();
                    position++) {
                tokens.add(argmax(logits));
                logits = model.step(List.of(new Run(slot, position, new int[] {tokens.getLast()})))[0];
            }
            assertThat(tokens).containsExactlyElementsOf(boxed(ints(expected.path("greedy"))));
            slot++;
        }
    }

    private static List<JsonNode> cases(String name) throws IOException {
        JsonNode expected = new ObjectMapper()
                .readTree(CHECKPOINTS.resolve(name).resolve("expected.json").toFile());
        assertThat(expected.path("cases")).isNotEmpty();
        return expected.path("cases").valueStream().toList();
    }

    private static int argmax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }

    private static List<Integer> boxed(int[] values) {
        return java.util.Arrays.stream(values).boxed().toList();
    }
}
