package dev.plimsoll.server.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.ModulePlacement;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.runtime.execution.LoadedModel.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wherever weights live, the model gives the same logits as on the host. */
class OffloadTest {
    private static final Path CHECKPOINTS = Path.of("src/test/resources/checkpoints");

    static Stream<List<ModulePlacement>> maps() {
        return Stream.of(
                map("", "host"),
                map("", "disk"),
                map("", "gpu:0", "model.layers", "host"),
                map("", "gpu:0", "model.layers.1", "disk"),
                map("", "host", "model.layers.0", "gpu:0", "model.layers.2", "gpu:1"),
                map("", "disk", "model.layers.1", "gpu:1"),
                map("", "gpu:1", "model.embed_tokens", "disk", "lm_head", "host"),
                map("", "gpu:0", "lm_head", "disk", "model.layers.1", "gpu:1", "model.layers.2", "host"));
    }

    @ParameterizedTest
    @MethodSource("maps")
    void theSameLogits(List<ModulePlacement> map) {
        for (String name : List.of("llama-sharded", "llama-tied-ropescaled")) {
            Path folder = CHECKPOINTS.resolve(name);
            Placement custom = new Placement(PlacementPolicy.Custom, map, null);
            try (LoadedModel whole = LoadedModel.whole(folder, Dtype.Float32);
                    LoadedModel split = LoadedModel.placed(folder, Dtype.Float32, custom, 2, 5L << 20)) {
                for (List<Run> step : steps()) {
                    float[][] expected = whole.step(step);
                    float[][] actual = split.step(step);
                    assertThat(actual).isDeepEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void modulesAreReportedWhereTheyLive(List<ModulePlacement> map) {
        Placement custom = new Placement(PlacementPolicy.Custom, map, null);
        try (LoadedModel split =
                LoadedModel.placed(CHECKPOINTS.resolve("llama-sharded"), Dtype.Float32, custom, 2, 5L << 20)) {
            split.tensors()
                    .placements()
                    .forEach((device, modules) -> modules.forEach(module -> assertThat(device)
                            .isEqualTo(split.plan().deviceMap().get(module.name()))));
            assertThat(split.tensors().placements().values().stream()
                            .mapToInt(List::size)
                            .sum())
                    .isEqualTo(split.plan().modules().size());
            assertThat(split.plan().modules().values())
                    .allSatisfy(placed -> assertThat(placed.runner()).isNotEqualTo(DeviceId.DISK));
        }
    }

    @Test
    void aCastCopyGivesTheSameLogitsFromFewerReads(@TempDir Path scratch) throws IOException {
        Placement onDisk = new Placement(PlacementPolicy.Custom, map("", "disk"), null);
        Path folder = CHECKPOINTS.resolve("llama-sharded");
        try (LoadedModel whole = LoadedModel.whole(folder, Dtype.Float32);
                LoadedModel copied = LoadedModel.withCastCopy(folder, onDisk, scratch)) {
            assertThat(Files.size(scratch.resolve("weights.cast")))
                    .as("all parameters in float32")
                    .isEqualTo(171_040 * 4);
            for (List<Run> step : steps()) {
                assertThat(copied.step(step)).isDeepEqualTo(whole.step(step));
            }
        }
    }

    /** A prompt and a few tokens after it, for two sequences. */
    private static List<List<Run>> steps() {
        List<List<Run>> steps = new ArrayList<>();
        steps.add(List.of(LoadedModel.run(0, 0, 5, 9, 5, 200), LoadedModel.run(2, 0, 17)));
        for (int i = 0; i < 4; i++) {
            steps.add(List.of(LoadedModel.run(0, 4 + i, 30 + i), LoadedModel.run(2, 1 + i, 5)));
        }
        return steps;
    }

    private static List<ModulePlacement> map(String... entries) {
        List<ModulePlacement> map = new ArrayList<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.add(new ModulePlacement(entries[i], entries[i + 1]));
        }
        return map;
    }
}
