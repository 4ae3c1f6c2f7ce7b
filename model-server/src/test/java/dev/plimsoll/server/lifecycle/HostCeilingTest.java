package dev.plimsoll.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.server.placement.HostNeeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process takes of the host depends on what is placed there, and not on the size of the model. */
class HostCeilingTest {
    private static final long MIB = 1 << 20;
    private static final long MODEL_BYTES = 1700 * MIB;

    @TempDir
    Path folder;

    @Test
    void beyondItsGpusAProcessTakesTheSameForEveryModel() throws Exception {
        List<Long> taken = new ArrayList<>();
        for (long bytes : new long[] {100 * MIB, 1000 * MIB, 4000 * MIB}) {
            Path model = checkpoint(bytes);
            var ended = ServerProcess.run(
                    "", ServerProcess::promised, List.of(model.toString(), "GpuOnly", "emulated:1x5Gi", "6Gi"));
            assertThat(ended.emulated())
                    .isGreaterThan(SparseCheckpoint.ofAtMost(bytes).bytes());
            taken.add((ended.peak() - ended.emulated()) / MIB);
        }
        System.out.println("anonymous and shared MiB at the peak less emulated GPUs, 100 MB, 1 GB, 4 GB: " + taken);
        assertThat(taken).allSatisfy(mib -> assertThat(mib * MIB).isBetween(50 * MIB, HostNeeds.ENGINE_BYTES));
        assertThat(taken.getLast() - taken.getFirst())
                .as("growth with the model, MiB")
                .isLessThan(96);
    }

    /** The model lives on disk and is streamed for every step. */
    @ParameterizedTest(name = "limit: the model''s size / {0}")
    @ValueSource(doubles = {1.1, 3})
    void aModelLargerThanTheContainerRunsInIt(double divisor) throws Exception {
        SparseCheckpoint checkpoint = SparseCheckpoint.ofAtMost(MODEL_BYTES);
        long limit = (long) (checkpoint.bytes() / divisor);
        Path model = checkpoint.writeInto(folder.resolve("model"));
        try (MemoryGroup group = MemoryGroup.of(limit)) {
            var ended = ServerProcess.run(
                    group.processes(),
                    pid -> group.bytes("anon") + group.bytes("shmem"),
                    List.of(model.toString(), "Auto", "emulated:1x96Mi", "4Gi"));
            System.out.printf(
                    "model %d MiB, limit %d MiB: anon + shmem %d MiB at the peak, everything %d MiB, at the end file %d"
                            + " MiB, killed %d%n",
                    checkpoint.bytes() / MIB,
                    limit / MIB,
                    ended.peak() / MIB,
                    group.peak() / MIB,
                    group.bytes("file") / MIB,
                    group.killed());
            assertThat(group.killed()).as("killed for memory").isZero();
            assertThat(group.peak()).isLessThanOrEqualTo(limit);
            assertThat(ended.peak())
                    .isBetween(100 * MIB, limit)
                    .isLessThan(HostNeeds.ENGINE_BYTES + ended.emulated() + 16 * MIB);
        }
    }

    /** Logits of all of them are there at once; what is drawn from them is not. */
    @Test
    void manySequencesOfALargeVocabularyTakeWhatWasPlanned() throws Exception {
        Path model = new SparseCheckpoint(1, 1, 256_000).writeInto(folder.resolve("large-vocabulary"));
        var ended = ServerProcess.run(
                "", ServerProcess::promised, List.of(model.toString(), "HostOnly", "", "6Gi", "1024"));
        System.out.printf(
                "1024 sequences, 256000 tokens: %d MiB at the peak, %d MiB planned%n",
                ended.peak() / MIB, ended.planned() / MIB);
        assertThat(ended.peak()).isBetween(1024L * 256_000 * Float.BYTES, ended.planned());
    }

    private Path checkpoint(long bytes) throws IOException {
        return SparseCheckpoint.ofAtMost(bytes).writeInto(folder.resolve("of-" + bytes));
    }
}
