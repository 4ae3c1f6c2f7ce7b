package dev.plimsoll.operator.judgement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.Kind;
import dev.plimsoll.api.report.DeviceReport.MeasuredMemory;
import dev.plimsoll.api.report.DeviceReport.ModulePlacement;
import dev.plimsoll.api.report.DeviceReport.Source;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.report.ReplicaReport.HostReport;
import dev.plimsoll.api.report.ReplicaReport.LoadReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.replicas.KnownReport;
import dev.plimsoll.operator.replicas.Replica;
import dev.plimsoll.operator.replicas.Replicas;
import dev.plimsoll.operator.replicas.ServerState;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Numbers wander; what is written of them does not. */
class SteadyStateTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final long GI = 1L << 30;
    private static final long STEP = 6L << 20;
    private static final Evidence BASE = Scene.of("serving").evidence();

    /** Forty replicas of two GPUs each, more than are listed, whose bytes walk at random within two per cent. */
    @Test
    void aFleetInSteadyStateWritesNothing() {
        Random random = new Random(1);
        ModelDeploymentStatus written = null;
        int writes = 0;
        for (int look = 0; look < 200; look++) {
            List<Replica> replicas = new ArrayList<>(IntStream.range(0, 40)
                    .mapToObj(i -> replica(i, serving(random)))
                    .toList());
            Collections.shuffle(replicas, random);
            ModelDeploymentStatus status = judge(replicas, 40, written, NOW.plusSeconds(look));
            writes += status.equals(written) ? 0 : 1;
            written = status;
        }
        assertThat(writes).isOne();
        ModelDeploymentStatus last = Objects.requireNonNull(written);
        assertThat(last.conditions())
                .anyMatch(condition ->
                        condition.type().equals(ConditionType.Ready) && condition.status() == ConditionStatus.True);
        assertThat(last.pods()).hasSize(32);
        assertThat(last.hiddenPods()).isEqualTo(8);
    }

    /** What has really changed is written, in either direction. */
    @Test
    void aChangeOfATenthIsWritten() {
        ModelDeploymentStatus before = judge(List.of(replica(0, report(6 * GI, GI, -300L << 20))), 1, null, NOW);
        for (double factor : new double[] {0.9, 1.1}) {
            ModelDeploymentStatus after =
                    judge(List.of(replica(0, report((long) (6 * GI * factor), GI, -300L << 20))), 1, before, NOW);
            assertThat(after.summary().gpuMemory())
                    .isNotEqualTo(before.summary().gpuMemory());
            assertThat(after.pods()).isNotEqualTo(before.pods());
        }
        assertThat(judge(List.of(replica(0, report(6 * GI, GI, -300L << 20 | 12345))), 1, before, NOW))
                .isEqualTo(before);
        assertThat(judge(List.of(replica(0, report(6 * GI, GI, -100L << 20))), 1, before, NOW)
                        .pods())
                .isNotEqualTo(before.pods());
    }

    /** A byte above and below the budget in turn is one change for the worse, and none back until it is well below. */
    @Test
    void aBudgetIsNotCrossedWithEveryByte() {
        ModelDeploymentStatus status = judge(List.of(replica(0, report(8 * GI, GI, 0L))), 1, null, NOW);
        assertThat(within(status)).isEqualTo(ConditionStatus.True);
        Set<ModelDeploymentStatus> seen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            status = judge(List.of(replica(0, report(8 * GI + 1 - (i % 2) * 2L, GI, 0L))), 1, status, NOW);
            seen.add(status);
        }
        assertThat(within(status)).isEqualTo(ConditionStatus.False);
        assertThat(seen).hasSize(1);
        assertThat(within(judge(List.of(replica(0, report(7 * GI, GI, 0L))), 1, status, NOW)))
                .isEqualTo(ConditionStatus.True);
    }

    @Test
    void aLoadIsToldInSomeTwentySteps() {
        Random random = new Random(3);
        ModelDeploymentStatus written = null;
        int writes = 0;
        for (int i = 0; i <= 1000; i++) {
            LoadReport load = new LoadReport(
                    "pvc://x",
                    1000 * STEP,
                    i * STEP,
                    i + random.nextDouble(),
                    GI * (0.5 + random.nextDouble()),
                    null,
                    null,
                    null);
            ReplicaReport report = new ReplicaReport(
                    "u0",
                    Phase.Loading,
                    NOW,
                    NOW,
                    null,
                    null,
                    List.of(device(0, i * STEP, 0L, i)),
                    host(i * STEP),
                    load,
                    null,
                    null);
            ModelDeploymentStatus status = judge(List.of(replica(0, report)), 1, written, NOW.plusSeconds(i));
            writes += status.equals(written) ? 0 : 1;
            written = status;
        }
        assertThat(writes).isBetween(20, 24);
    }

    /** Whatever pods say, the object can be stored, and what is left out is said. */
    @Test
    void aStatusIsBoundedWhateverPodsSay() {
        String evil = "\u0000\n\uD83D\uDE00".repeat(500);
        List<DeviceReport> devices = IntStream.range(0, 64)
                .mapToObj(i -> new DeviceReport(
                        evil + i,
                        new Kind(evil),
                        evil,
                        evil,
                        GI,
                        new MeasuredMemory(GI, GI, GI, GI, -GI, GI, new Source(evil)),
                        IntStream.range(0, 40)
                                .mapToObj(module -> new ModulePlacement(evil + module, 1, null))
                                .toList()))
                .toList();
        ReplicaReport report = new ReplicaReport(
                "u",
                new Phase(evil),
                NOW,
                NOW,
                new ReplicaReport.ModelReport(evil, 1, 1, 1, new Dtype(evil), new Dtype(evil), evil, evil),
                new PlanReport(Collections.nCopies(64, plan(evil)), 1, 1, 1),
                devices,
                host(GI),
                new LoadReport(evil, 1, 0, 1, 1.0, 1.0, 1.0, null),
                null,
                Failure.of(new Reason(evil), evil));
        List<Replica> replicas =
                IntStream.range(0, 100).mapToObj(i -> replica(i, report)).toList();
        ModelDeploymentStatus status = judge(replicas, 100, null, NOW);
        assertThat(Bounds.bytes(status)).isLessThan(200 << 10);
        assertThat(status.pods()).hasSize(32);
        assertThat(status.hiddenPods()).isEqualTo(68);
        assertThat(status.conditions()).allSatisfy(condition -> {
            assertThat(condition.reason().isWellFormed()).isTrue();
            assertThat(condition.message()).doesNotContain("\n", "\u0000");
        });
        assertThat(News.between(null, status)).isNotEmpty().allSatisfy(news -> assertThat(
                        news.message().getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThanOrEqualTo(News.LONGEST));
    }

    private static ConditionStatus within(ModelDeploymentStatus status) {
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(ConditionType.WithinMemoryBudget))
                .findFirst()
                .orElseThrow()
                .status();
    }

    private static ReplicaReport serving(Random random) {
        return report(wander(6 * GI, random), wander(GI, random), wander(-300L << 20, random));
    }

    private static long wander(long bytes, Random random) {
        return (long) (bytes * (0.99 + 0.02 * random.nextDouble()));
    }

    private static ReplicaReport report(long gpu, long hostPeak, long unaccounted) {
        return new ReplicaReport(
                "u",
                Phase.Serving,
                NOW,
                NOW,
                null,
                new PlanReport(List.of(plan("gpu:0"), plan("gpu:1")), GI, 8, 512),
                List.of(device(0, gpu, unaccounted, 20), device(1, gpu / 2, unaccounted, 20)),
                host(hostPeak),
                new LoadReport("pvc://x", GI, GI, 1.0, 1.0 * GI, null, 3.0, null),
                null,
                null);
    }

    private static ReplicaReport.DevicePlanReport plan(String name) {
        return new ReplicaReport.DevicePlanReport(name, 8 * GI, GI, GI, GI, GI, 6 * GI);
    }

    private static HostReport host(long peak) {
        return new HostReport(2 * GI, peak, 0L, 0L, peak, null);
    }

    private static DeviceReport device(int index, long process, long unaccounted, int modules) {
        return new DeviceReport(
                "gpu:" + index,
                Kind.Cuda,
                "GPU-1",
                "H100",
                8 * GI,
                new MeasuredMemory(
                        process / 2, process / 4, process / 8, process / 8, unaccounted, process, Source.NVML),
                IntStream.range(0, modules)
                        .mapToObj(i -> new ModulePlacement("model.layers." + i, 1, null))
                        .toList());
    }

    private static Replica replica(int index, ReplicaReport report) {
        return new Replica(
                "pod-" + index,
                "u" + index,
                "node",
                true,
                report.phase().equals(Phase.Serving),
                false,
                NOW.minusSeconds(index),
                NOW,
                0,
                new ServerState.Running(NOW, true),
                null,
                null,
                "2Gi",
                new KnownReport.Fresh(report, NOW));
    }

    private static ModelDeploymentStatus judge(
            List<Replica> replicas, int wanted, @Nullable ModelDeploymentStatus previous, Instant now) {
        var spec = BASE.spec();
        ModelDeploymentSpec scaled = new ModelDeploymentSpec(
                spec.model(),
                spec.dtype(),
                spec.placement(),
                Memory.of(new Quantity("8Gi"), new Quantity("2Ti")),
                spec.gpu(),
                spec.serving(),
                wanted,
                null);
        return Judgement.of(new Evidence(
                        scaled,
                        7,
                        BASE.selector(),
                        BASE.url(),
                        new Replicas(replicas, List.of(), 0, List.of(), 0),
                        BASE.deployment(),
                        BASE.rollout(),
                        null,
                        List.of(),
                        previous,
                        BASE.stale(),
                        now))
                .status();
    }
}
