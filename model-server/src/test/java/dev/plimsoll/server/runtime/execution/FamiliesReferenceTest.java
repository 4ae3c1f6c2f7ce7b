package dev.plimsoll.server.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.ModulePlacement;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.architecture.ExecutionUnit;
import dev.plimsoll.server.architecture.ModelFamilies;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.runtime.execution.LoadedModel.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The tiny checkpoints of all families give what transformers gave for them in float32. */
class FamiliesReferenceTest {
    private static final Path CHECKPOINTS = Path.of("src/test/resources/checkpoints");
    private static final Offset<Float> CLOSE = Offset.offset(1e-3f);
    private static final long ROOM = 64L << 20;
    private static final List<String> PLACES = List.of("gpu:0", "host", "gpu:1", "disk");

    static Stream<String> decoders() {
        return Stream.of(
                "llama-sharded",
                "llama-tied-ropescaled",
                "mistral",
                "phi3",
                "qwen2",
                "qwen3",
                "gpt2",
                "gemma2",
                "qwen3-moe");
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void onTheHost(String name) throws IOException {
        try (LoadedModel loaded = LoadedModel.onHost(CHECKPOINTS.resolve(name), Dtype.Float32)) {
            assertDecodes(loaded, cases(name), Integer.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void onOneGpu(String name) throws IOException {
        try (LoadedModel loaded = onGpus(name, PlacementPolicy.GpuOnly, 1)) {
            assertThat(devices(loaded)).containsExactly(DeviceId.gpu(0));
            assertDecodes(loaded, cases(name), Integer.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void splitOverTwoGpus(String name) throws IOException {
        try (LoadedModel loaded = onGpus(name, PlacementPolicy.Balanced, 2)) {
            assertThat(devices(loaded)).containsExactly(DeviceId.gpu(0), DeviceId.gpu(1));
            assertDecodes(loaded, cases(name), Integer.MAX_VALUE);
        }
    }

    /** Each unit on another place than the one before, four times, so that every unit has been in every place. */
    @ParameterizedTest
    @MethodSource("decoders")
    void splitOverTwoGpusHostAndDisk(String name) throws IOException {
        for (int shift = 0; shift < PLACES.size(); shift++) {
            try (LoadedModel loaded = scattered(name, shift)) {
                assertThat(devices(loaded)).hasSize(PLACES.size());
                assertDecodes(loaded, cases(name), Integer.MAX_VALUE);
            }
        }
    }

    @Test
    void anEncoderOverTwoGpusHostAndDisk() throws IOException {
        for (int shift = 0; shift < PLACES.size(); shift++) {
            try (LoadedModel loaded = scattered("bert", shift)) {
                assertEncodes(loaded);
            }
        }
    }

    private static LoadedModel scattered(String name, int shift) throws IOException {
        Path folder = CHECKPOINTS.resolve(name);
        JsonNode config =
                new ObjectMapper().readTree(folder.resolve("config.json").toFile());
        List<ModulePlacement> map = new ArrayList<>();
        for (ExecutionUnit unit : ModelFamilies.describe(config).units()) {
            map.add(new ModulePlacement(unit.module(), PLACES.get((map.size() + shift) % PLACES.size())));
        }
        Placement custom = new Placement(PlacementPolicy.Custom, map, null);
        return LoadedModel.placed(folder, Dtype.Float32, custom, 2, ROOM);
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void streamedFromDiskOntoAGpu(String name) throws IOException {
        try (LoadedModel loaded = onDisk(name)) {
            assertThat(devices(loaded)).containsExactly(DeviceId.DISK);
            assertDecodes(loaded, cases(name), Integer.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void aPromptInChunksGivesWhatItGivesAtOnce(String name) throws IOException {
        try (LoadedModel loaded = LoadedModel.onHost(CHECKPOINTS.resolve(name), Dtype.Float32)) {
            assertDecodes(loaded, cases(name), 7);
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void sequencesThatShareAStepGetTheTokensTheyGetAlone(String name) throws IOException {
        try (LoadedModel loaded = LoadedModel.onHost(CHECKPOINTS.resolve(name), Dtype.Float32)) {
            List<JsonNode> cases = cases(name);
            List<Run> runs = new ArrayList<>();
            List<List<Integer>> outputs = new ArrayList<>();
            for (JsonNode expected : cases) {
                runs.add(LoadedModel.run(runs.size(), 0, ints(expected.path("inputIds"))));
                outputs.add(new ArrayList<>());
            }
            for (int step = 0; step < cases.getFirst().path("greedy").size(); step++) {
                float[][] logits = loaded.step(runs);
                for (Run run : List.copyOf(runs)) {
                    int token = argmax(logits[run.slot()]);
                    outputs.get(run.slot()).add(token);
                    runs.set(run.slot(), LoadedModel.run(run.slot(), run.position() + run.tokens().length, token));
                }
            }
            for (int slot = 0; slot < outputs.size(); slot++) {
                assertThat(outputs.get(slot))
                        .containsExactlyElementsOf(boxed(ints(cases.get(slot).path("greedy"))));
            }
        }
    }

    @Test
    void anEncoderOnTheHost() throws IOException {
        try (LoadedModel loaded = LoadedModel.onHost(CHECKPOINTS.resolve("bert"), Dtype.Float32)) {
            assertEncodes(loaded);
        }
    }

    @ParameterizedTest
    @CsvSource({"GpuOnly, 1", "Balanced, 2"})
    void anEncoderOnGpus(PlacementPolicy policy, int count) throws IOException {
        try (LoadedModel loaded = onGpus("bert", policy, count)) {
            assertThat(devices(loaded)).hasSize(count).allMatch(DeviceId::isGpu);
            assertEncodes(loaded);
        }
    }

    @Test
    void anEncoderStreamedFromDiskOntoAGpu() throws IOException {
        try (LoadedModel loaded = onDisk("bert")) {
            assertEncodes(loaded);
        }
    }

    static Stream<Arguments> halves() {
        return Stream.concat(decoders(), Stream.of("bert"))
                .flatMap(name -> Stream.of(Arguments.of(name, Dtype.Float16), Arguments.of(name, Dtype.BFloat16)));
    }

    @ParameterizedTest
    @MethodSource("halves")
    void in16BitsItIsCloseToFloat32(String name, Dtype dtype) throws IOException {
        Offset<Float> near = Offset.offset(dtype.equals(Dtype.Float16) ? 0.02f : 0.15f);
        try (LoadedModel loaded = LoadedModel.onHost(CHECKPOINTS.resolve(name), dtype)) {
            JsonNode longest = cases(name).getLast();
            float[] values = loaded.step(List.of(LoadedModel.run(0, 0, ints(longest.path("inputIds")))))[0];
            assertThat(values)
                    .containsExactly(
                            floats(longest.path(longest.has("lastLogits") ? "lastLogits" : "meanPooled")), near);
        }
    }

    private static void assertEncodes(LoadedModel loaded) throws IOException {
        loaded.engine().warmUp();
        List<JsonNode> cases = cases("bert");
        List<Run> runs = new ArrayList<>();
        for (JsonNode expected : cases) {
            Run run = LoadedModel.run(runs.size(), 0, ints(expected.path("inputIds")));
            runs.add(run);
            assertThat(loaded.step(List.of(run))[0]).containsExactly(floats(expected.path("meanPooled")), CLOSE);
        }
        float[][] together = loaded.step(runs.subList(0, 3));
        for (int i = 0; i < together.length; i++) {
            assertThat(together[i]).containsExactly(floats(cases.get(i).path("meanPooled")), CLOSE);
        }
    }

    private static void assertDecodes(LoadedModel loaded, List<JsonNode> cases, int chunkTokens) {
        for (int slot = 0; slot < cases.size(); slot++) {
            JsonNode expected = cases.get(slot);
            int[] prompt = ints(expected.path("inputIds"));
            float[] logits = {};
            for (int start = 0; start < prompt.length; start += Math.min(chunkTokens, prompt.length)) {
                int end = Math.min(prompt.length, start + Math.min(chunkTokens, prompt.length));
                Run run = LoadedModel.run(slot, start, Arrays.copyOfRange(prompt, start, end));
                logits = loaded.step(List.of(run))[0];
            }
            assertThat(logits).containsExactly(floats(expected.path("lastLogits")), CLOSE);
            List<Integer> tokens = new ArrayList<>(List.of(argmax(logits)));
            int[] greedy = ints(expected.path("greedy"));
            for (int position = prompt.length; tokens.size() < greedy.length; position++) {
                tokens.add(loaded.token(LoadedModel.run(slot, position, tokens.getLast())));
            }
            assertThat(tokens).containsExactlyElementsOf(boxed(greedy));
        }
    }

    private static LoadedModel onGpus(String name, PlacementPolicy policy, int count) {
        return LoadedModel.placed(CHECKPOINTS.resolve(name), Dtype.Float32, Placement.of(policy), count, ROOM);
    }

    private static LoadedModel onDisk(String name) {
        Placement everything = new Placement(PlacementPolicy.Custom, List.of(new ModulePlacement("", "disk")), null);
        return LoadedModel.placed(CHECKPOINTS.resolve(name), Dtype.Float32, everything, 1, ROOM);
    }

    private static List<DeviceId> devices(LoadedModel loaded) {
        return loaded.plan().modules().values().stream()
                .map(placed -> placed.device())
                .distinct()
                .toList();
    }

    private static List<JsonNode> cases(String name) throws IOException {
        JsonNode expected = new ObjectMapper()
                .readTree(CHECKPOINTS.resolve(name).resolve("expected.json").toFile());
        assertThat(expected.path("cases")).hasSize(4);
        return expected.path("cases").valueStream().toList();
    }

    private static int argmax(float[] logits) {
        return IntStream.range(0, logits.length)
                .reduce((best, i) -> logits[i] > logits[best] ? i : best)
                .orElseThrow();
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
        return Arrays.stream(values).boxed().toList();
    }
}
