package dev.plimsoll.server.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.plimsoll.server.checkpoint.Shape;
import dev.plimsoll.server.checkpoint.StoredDtype;
import dev.plimsoll.server.checkpoint.StoredTensor;
import dev.plimsoll.server.checkpoint.TensorSource;
import dev.plimsoll.server.device.CopyRegion;
import dev.plimsoll.server.device.DeviceId;
import dev.plimsoll.server.device.DeviceTensor;
import dev.plimsoll.server.device.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Every element of every tensor lands exactly once, from the bytes that are its own, whatever a buffer holds. */
class ChunkTest {
    private record Tensor(DeviceId device, ElementType type, Shape shape) implements DeviceTensor {}

    @RepeatedTest(200)
    void everyElementLandsOnce(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        List<Target> targets = randomTargets(random);
        int bufferBytes = 4096 * random.nextInt(2, 5);
        Map<DeviceTensor, int[]> landed = new HashMap<>();
        targets.forEach(target -> landed.put(target.tensor(), new int[(int) target.elements()]));

        for (Chunk chunk : Chunk.of(targets, bufferBytes)) {
            assertThat(chunk.bytes()).isBetween(1, bufferBytes);
            assertThat(chunk.position() % TensorSource.BLOCK_BYTES).isZero();
            assertThat(chunk.payload()).isEqualTo(payload(chunk));
            for (CopyRegion region : chunk.regions()) {
                Target target = targets.stream()
                        .filter(candidate -> candidate.tensor() == region.target())
                        .findFirst()
                        .orElseThrow();
                long bytes = target.stored().dtype().bytes(1);
                assertThat(chunk.position() + region.bufferOffset())
                        .isEqualTo(target.stored().position()
                                + (target.first() + region.targetElement() - target.element()) * bytes);
                assertThat(region.bufferOffset() + region.elements() * bytes).isLessThanOrEqualTo(chunk.bytes());
                int[] counts = Objects.requireNonNull(landed.get(region.target()));
                for (long i = 0; i < region.elements(); i++) {
                    counts[(int) (region.targetElement() - target.element() + i)]++;
                }
            }
        }
        landed.values().forEach(counts -> assertThat(counts).containsOnly(1));
    }

    @Test
    void neighboursAreReadTogetherInTheOrderOfTheFile() {
        List<Target> targets = new ArrayList<>();
        for (int i : new int[] {3, 1, 0, 2}) {
            targets.add(target(DeviceId.gpu(0), "file", 10_000 + 1000 * i, 1000));
        }
        List<Chunk> chunks = Chunk.of(targets, 16 << 10);
        assertThat(chunks).singleElement().satisfies(chunk -> {
            assertThat(chunk.position()).isEqualTo(8192);
            assertThat(chunk.bytes()).isEqualTo(14_000 - 8192);
            assertThat(chunk.regions()).extracting(CopyRegion::bufferOffset).containsExactly(1808, 2808, 3808, 4808);
        });
    }

    @Test
    void whatLiesFarApartOrGoesElsewhereIsReadApart() {
        List<Target> targets = List.of(
                target(DeviceId.gpu(0), "file", 0, 1000),
                target(DeviceId.gpu(1), "file", 1000, 1000),
                target(DeviceId.gpu(0), "file", 1 << 20, 1000),
                target(DeviceId.gpu(0), "other", 1000, 1000));
        assertThat(Chunk.of(targets, 4 << 20))
                .extracting(Chunk::device, Chunk::file, Chunk::position)
                .containsExactly(
                        tuple(DeviceId.gpu(0), "file", 0L),
                        tuple(DeviceId.gpu(0), "file", 1L << 20),
                        tuple(DeviceId.gpu(0), "other", 0L),
                        tuple(DeviceId.gpu(1), "file", 0L));
    }

    private static Target target(DeviceId device, String file, long position, int bytes) {
        Shape shape = Shape.of(bytes);
        return new Target(
                new StoredTensor("at " + position, StoredDtype.U8, shape, file, position, bytes),
                0,
                bytes,
                new Tensor(device, ElementType.FLOAT32, shape),
                0);
    }

    private static long payload(Chunk chunk) {
        return chunk.regions().stream()
                .mapToLong(region -> region.stored().bytes(region.elements()))
                .sum();
    }

    private static List<Target> randomTargets(SplittableRandom random) {
        List<Target> targets = new ArrayList<>();
        Map<String, Long> ends = new HashMap<>();
        for (int i = 0; i < 1 + random.nextInt(12); i++) {
            String file = "shard-" + random.nextInt(3);
            StoredDtype dtype = random.nextBoolean() ? StoredDtype.BF16 : StoredDtype.F32;
            long elements = random.nextInt(1, 9000);
            long position = ends.getOrDefault(file, 101L) + 50L * random.nextInt(3);
            ends.put(file, position + dtype.bytes(elements));
            Shape shape = Shape.of(elements, 1);
            long first = random.nextLong(elements);
            targets.add(new Target(
                    new StoredTensor("t" + i, dtype, shape, file, position, dtype.bytes(elements)),
                    first,
                    random.nextLong(1, elements - first + 1),
                    new Tensor(DeviceId.gpu(random.nextInt(2)), ElementType.FLOAT32, Shape.of(elements, 1L + i)),
                    random.nextInt(100)));
        }
        return targets;
    }
}
