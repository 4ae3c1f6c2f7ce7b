package dev.plimsoll.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.architecture.Slice.Run;
import dev.plimsoll.server.checkpoint.Checkpoint;
import dev.plimsoll.server.checkpoint.CheckpointReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the family: the units take every stored tensor, and fill every tensor on a device. */
class UnitsTest {
    private static final Set<String> UNUSED = Set.of("pooler.dense.weight", "pooler.dense.bias");

    static Stream<Path> checkpoints() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("src/test/resources/checkpoints"))) {
            return folders.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void takeEveryStoredTensorAndFillEveryDeviceTensor(Path folder) {
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            Architecture architecture = ModelFamilies.describe(checkpoint);
            TreeSet<String> taken = new TreeSet<>(UNUSED);
            taken.retainAll(checkpoint.tensors().keySet());
            for (Weight tensor : tensors(architecture).toList()) {
                long filled = 0;
                for (Slice slice : tensor.slices()) {
                    long stored = Objects.requireNonNull(checkpoint.tensors().get(slice.tensor()), slice.tensor())
                            .shape()
                            .elements();
                    assertThat(slice.copied()).as(slice.tensor()).containsExactly(new Run(0, stored, filled));
                    filled += stored;
                    taken.add(slice.tensor());
                }
                assertThat(tensor.shape().elements()).as(tensor.name()).isEqualTo(filled);
            }
            assertThat(taken).containsExactlyElementsOf(checkpoint.tensors().keySet());
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void layersHaveAsManyTensorsAsEachOther(Path folder) {
        try (Checkpoint checkpoint = CheckpointReader.open(folder)) {
            List<Integer> counts = ModelFamilies.describe(checkpoint).units().stream()
                    .filter(unit -> unit.kind() == ExecutionUnit.Kind.LAYER)
                    .map(unit -> unit.weights().size())
                    .toList();
            assertThat(counts).hasSize(3).containsOnly(counts.getFirst());
        }
    }

    private static Stream<Weight> tensors(Architecture architecture) {
        return architecture.units().stream().flatMap(unit -> unit.weights().stream());
    }
}
