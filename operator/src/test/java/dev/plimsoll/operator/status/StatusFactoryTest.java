package dev.plimsoll.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.Dtype;
import dev.plimsoll.api.Gpu;
import dev.plimsoll.api.GpuLimit;
import dev.plimsoll.api.Memory;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.ModelSource;
import dev.plimsoll.api.Placement;
import dev.plimsoll.api.PlacementPolicy;
import dev.plimsoll.api.Serving;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.DeviceReport.MeasuredMemory;
import dev.plimsoll.api.report.DeviceReport.ModulePlacement;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.report.ReplicaReport.DevicePlanReport;
import dev.plimsoll.api.report.ReplicaReport.HostReport;
import dev.plimsoll.api.report.ReplicaReport.LoadReport;
import dev.plimsoll.api.report.ReplicaReport.ModelReport;
import dev.plimsoll.api.report.ReplicaReport.PlanReport;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.observe.Replica;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From what is seen to what is said. */
@SuppressWarnings("NullAway")
class StatusFactoryTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final long MI = 1L << 20;
    private static final Replica SERVING = replica(true, Phase.Serving, report(Phase.Serving, "gpu:0", 800 * MI), null);

    @Test
    void asSpecified() {
        ModelDeploymentStatus status = status(List.of(SERVING), null);
        assertThat(say(status, ConditionType.Ready)).isEqualTo("True AsSpecified: 1 of 1 replicas serve as specified");
        assertThat(say(status, ConditionType.Fits))
                .isEqualTo("True PlanFits: 790Mi of 1Gi on gpu:0, 500Mi of 2Gi on the host");
        assertThat(say(status, ConditionType.PlacementSatisfied))
                .isEqualTo("True PlacedAsSpecified: GpuOnly: 2/2 layers on GPU (emulated)");
        assertThat(say(status, ConditionType.WithinMemoryBudget))
                .isEqualTo("True Measured: worst GPU 800Mi of 1Gi on gpu:0 (Emulated), worst host peak 600Mi of 2Gi on"
                        + " host (Process)");
        assertThat(say(status, ConditionType.ModelLoaded)).isEqualTo("True Loaded: 256Mi read in 0.50 s (512Mi/s)");
        assertThat(say(status, ConditionType.Progressing)).startsWith("False Complete");
        assertThat(status.summary().gpuMemory()).isEqualTo("800Mi/1Gi");
        assertThat(status.summary().placement()).isEqualTo("2/2 layers on GPU (emulated)");
        assertThat(status.pods().getFirst().devices().getFirst().modules())
                .containsExactly("model.embed_tokens", "model.layers.0-1", "lm_head");
        assertThat(status.pods().getFirst().devices().getFirst().predictionError())
                .isEqualTo("+1.3%");
    }

    @Test
    void aRefusalIsPassedOnInItsOwnWords() {
        Failure refusal = Failure.of(Reason.GpuBudgetTooSmall, "gpu:0 needs 2Gi and may use 1Gi");
        ModelDeploymentStatus status = status(List.of(replica(false, Phase.Failed, null, refusal)), null);
        assertThat(say(status, ConditionType.Fits))
                .isEqualTo("False GpuBudgetTooSmall: gpu:0 needs 2Gi and may use 1Gi");
        assertThat(say(status, ConditionType.Ready))
                .isEqualTo("False GpuBudgetTooSmall: gpu:0 needs 2Gi and may use 1Gi");
        assertThat(say(status, ConditionType.ModelLoaded)).startsWith("False NotLoaded: nothing was read");
        assertThat(say(status, ConditionType.Progressing)).startsWith("False Stalled");
        assertThat(status.summary().gpuMemory()).isEqualTo("-");
        assertThat(status.plan()).isNull();
    }

    @Test
    void aClaimThatIsMissingKeepsItFromServing() {
        Failure missing = Failure.of(Reason.ClaimNotFound, "PersistentVolumeClaim models does not exist: create it");
        ModelDeploymentStatus status = StatusFactory.of(new Observation(
                seen(List.of(), null, NOW, 1).spec(), 7, "a=b", "http://x", missing, List.of(), 0, null, NOW));
        for (ConditionType type : List.of(ConditionType.Ready, ConditionType.ModelLoaded)) {
            assertThat(say(status, type))
                    .isEqualTo("False ClaimNotFound: PersistentVolumeClaim models does not exist: create it");
        }
        assertThat(say(status, ConditionType.Progressing)).startsWith("False Stalled: PersistentVolumeClaim models");
        assertThat(say(status, ConditionType.Fits)).startsWith("Unknown NotPlanned");
        assertThat(say(status, ConditionType.Available)).startsWith("False NoReplica");
        assertThat(Transitions.between(null, status))
                .containsExactly(new Transitions.News(true, "ClaimNotFound", missing.message()));
    }

    @Test
    void aFirstLoadIsToldInItsSteps() {
        Replica loading = replica(false, Phase.Loading, report(Phase.Loading, "gpu:0", null, 100 * MI), null);
        ModelDeploymentStatus status = status(List.of(loading), null);
        String progress = "Loading: 0 of 1 replicas hold the model: 90Mi of 256Mi read, 510Mi/s, 0 s to go";
        assertThat(say(status, ConditionType.Ready)).isEqualTo("False " + progress);
        assertThat(say(status, ConditionType.Progressing)).isEqualTo("True " + progress);
        assertThat(say(status, ConditionType.ModelLoaded)).startsWith("False NotLoaded: 0 of 1 replicas hold");
        assertThat(say(status, ConditionType.Fits)).startsWith("True PlanFits");
        assertThat(say(status, ConditionType.Available)).startsWith("False NoReplica");
        assertThat(say(status, ConditionType.WithinMemoryBudget))
                .isEqualTo("Unknown NotReported: 0 of 1 replicas have reported what they take");
        assertThat(status.summary().placement()).isEqualTo("2/2 layers on GPU (emulated) (loading)");
        assertThat(status.summary().loadTime()).isNull();
        assertThat(status.pods().getFirst().load().seconds()).isNull();
        assertThat(Transitions.between(null, status)).isEmpty();
    }

    @Test
    void silenceIsUnknownAndNothingOldIsRepeated() {
        ModelDeploymentStatus before = status(List.of(SERVING), null);
        Replica silent = replica(true, Phase.Unknown, null, null);
        ModelDeploymentStatus status = status(List.of(silent), before);
        for (ConditionType type : List.of(
                ConditionType.Ready,
                ConditionType.Fits,
                ConditionType.ModelLoaded,
                ConditionType.PlacementSatisfied,
                ConditionType.WithinMemoryBudget)) {
            assertThat(condition(status, type).status()).as(type.toString()).isEqualTo(ConditionStatus.Unknown);
            assertThat(condition(status, type).reason()).as(type.toString()).isEqualTo(Reason.ReportStale);
        }
        assertThat(status.pods().getFirst().devices()).isNull();
        assertThat(status.summary().placement()).isEqualTo("-");
        assertThat(status.model()).isNull();
    }

    @Test
    void aModuleElsewhereIsNotReady() {
        Replica misplaced = replica(true, Phase.Serving, report(Phase.Serving, "host", 800 * MI), null);
        ModelDeploymentStatus status = status(List.of(misplaced), null);
        assertThat(say(status, ConditionType.PlacementSatisfied))
                .isEqualTo("False Misplaced: model.embed_tokens is on host in pod pod-1, the policy is GpuOnly");
        assertThat(condition(status, ConditionType.Ready).reason()).isEqualTo(Reason.Misplaced);
    }

    @Test
    void moreThanTheBudgetIsNotReady() {
        Replica deep = replica(true, Phase.Serving, report(Phase.Serving, "gpu:0", 1100 * MI), null);
        ModelDeploymentStatus status = status(List.of(deep), null);
        assertThat(say(status, ConditionType.WithinMemoryBudget))
                .startsWith("False OverBudget: pod pod-1 takes 1.07Gi of 1Gi on gpu:0 (Emulated)");
        assertThat(condition(status, ConditionType.Ready).status()).isEqualTo(ConditionStatus.False);
    }

    @Test
    void theCeilingOfOneGpuComesBeforeThatOfAll() {
        ModelDeploymentSpec spec = seen(List.of(), null, NOW, 1).spec();
        Memory memory = new Memory(
                new Quantity("1Gi"), List.of(new GpuLimit(0, new Quantity("700Mi"))), new Quantity("2Gi"), null);
        ModelDeploymentSpec tighter = new ModelDeploymentSpec(
                spec.model(), spec.dtype(), spec.placement(), memory, spec.gpu(), spec.serving(), 1, null);
        ModelDeploymentStatus status =
                StatusFactory.of(new Observation(tighter, 7, "a=b", "http://x", null, List.of(SERVING), 0, null, NOW));
        assertThat(say(status, ConditionType.WithinMemoryBudget))
                .startsWith("False OverBudget: pod pod-1 takes 800Mi of 700Mi on gpu:0");
    }

    @Test
    void aPlanThatOverflowsIsToldByDevice() {
        ReplicaReport report = report(Phase.Serving, "gpu:0", 800 * MI);
        PlanReport plan = new PlanReport(
                List.of(
                        new DevicePlanReport("gpu:0", 1024 * MI, 700 * MI, 80 * MI, 10 * MI, 0, 790 * MI),
                        new DevicePlanReport("host", 2048 * MI, 300 * MI, 0, 0, 0, 300 * MI),
                        new DevicePlanReport("disk", 0, 200 * MI, 0, 0, 0, 200 * MI)),
                500 * MI,
                8,
                512);
        ReplicaReport overflowing = new ReplicaReport(
                report.podUid(),
                report.phase(),
                NOW,
                NOW,
                report.model(),
                plan,
                report.devices(),
                report.host(),
                report.load(),
                null);
        assertThat(say(status(List.of(replica(true, Phase.Serving, overflowing, null)), null), ConditionType.Fits))
                .isEqualTo("True PlanFits: 790Mi of 1Gi on gpu:0, 200Mi on disk, 500Mi of 2Gi on the host");
    }

    @Test
    void aHostOutOfMemoryIsToldInBothConditions() {
        Failure killed = Failure.of(Reason.HostOutOfMemory, "raise memory.host");
        ModelDeploymentStatus status = status(List.of(replica(false, Phase.Failed, null, killed)), null);
        assertThat(say(status, ConditionType.WithinMemoryBudget)).isEqualTo("False HostOutOfMemory: raise memory.host");
        assertThat(say(status, ConditionType.ModelLoaded)).isEqualTo("False HostOutOfMemory: raise memory.host");
    }

    @Test
    void aFullGpuIsToldOfTheLoadAndNotOfTheHost() {
        Failure full = Failure.of(Reason.DeviceOutOfMemory, "CUDA out of memory");
        ModelDeploymentStatus status = status(List.of(replica(false, Phase.Failed, null, full)), null);
        assertThat(say(status, ConditionType.Ready)).isEqualTo("False DeviceOutOfMemory: CUDA out of memory");
        assertThat(say(status, ConditionType.ModelLoaded)).isEqualTo("False DeviceOutOfMemory: CUDA out of memory");
        assertThat(say(status, ConditionType.WithinMemoryBudget)).startsWith("Unknown NotReported");
        assertThat(status.pods().getFirst().failure().reason()).isEqualTo(Reason.DeviceOutOfMemory);
    }

    @Test
    void anOldReplicaKeepsItAvailableAndNothingElse() {
        Replica old =
                new Replica("old", "uid-old", "node", false, true, NOW, 0, Phase.Serving, SERVING.report(), null, null);
        Replica loading = replica(false, Phase.Loading, report(Phase.Loading, "gpu:0", null), null);
        ModelDeploymentStatus status = status(List.of(old, loading), null);
        assertThat(condition(status, ConditionType.Available).status()).isEqualTo(ConditionStatus.True);
        assertThat(say(status, ConditionType.Ready)).startsWith("False RollingOut");
        assertThat(condition(status, ConditionType.ModelLoaded).status()).isEqualTo(ConditionStatus.False);
        assertThat(status.updatedReplicas()).isEqualTo(1);
        assertThat(status.replicas()).isEqualTo(2);
    }

    @Test
    void timesMoveOnlyWhenAStatusDoes() {
        ModelDeploymentStatus first = status(List.of(SERVING), null);
        ModelDeploymentStatus later = StatusFactory.of(seen(List.of(SERVING), first, NOW.plusSeconds(60), 1));
        assertThat(later).isEqualTo(first);
        Replica failed = replica(false, Phase.Failed, null, Failure.of(Reason.Crashed, "x"));
        ModelDeploymentStatus turned = StatusFactory.of(seen(List.of(failed), later, NOW.plusSeconds(90), 1));
        assertThat(condition(turned, ConditionType.Ready).lastTransitionTime()).isEqualTo("2026-01-02T03:05:35Z");
    }

    @Test
    void aLittleMoreMemoryChangesNothing() {
        ModelDeploymentStatus first = status(List.of(SERVING), null);
        Replica more = replica(true, Phase.Serving, report(Phase.Serving, "gpu:0", 801 * MI), null);
        ModelDeploymentStatus later = StatusFactory.of(seen(List.of(more), first, NOW.plusSeconds(5), 1));
        assertThat(later.pods().getFirst().devices().getFirst().measured())
                .isEqualTo(first.pods().getFirst().devices().getFirst().measured());
    }

    @Test
    void weightsSeenWhileTheyWereBeingMadeDoNotStand() {
        Replica loading = replica(false, Phase.Loading, report(Phase.Loading, "gpu:0", null, 256 * MI, 690 * MI), null);
        ModelDeploymentStatus first = status(List.of(loading), null);
        ModelDeploymentStatus later = StatusFactory.of(seen(List.of(SERVING), first, NOW.plusSeconds(5), 1));
        assertThat(later.pods().getFirst().devices().getFirst().measured().weights())
                .hasToString("700Mi");
    }

    @Test
    void whatIsMeasuredStandsWhileItIsNearlyRight() {
        Quantity standing = new Quantity("1000Mi");
        assertThat(Steady.bytes(1029 * MI, standing)).isEqualTo(standing);
        assertThat(Steady.bytes(1032 * MI, standing)).isEqualTo(new Quantity("1.01Gi"));
        assertThat(Steady.bytes(972 * MI, standing)).isEqualTo(standing);
        assertThat(Steady.bytes(970 * MI, standing)).isEqualTo(new Quantity("970Mi"));
        assertThat(Steady.bytes(0L, standing)).isEqualTo(new Quantity("0"));
        assertThat(Steady.bytes(null, standing)).isNull();
        assertThat(Steady.bytes(5 * MI, null)).isEqualTo(new Quantity("5Mi"));
    }

    @Test
    void nothingWantedIsReady() {
        ModelDeploymentStatus status = StatusFactory.of(seen(List.of(), null, NOW, 0));
        assertThat(say(status, ConditionType.Ready)).isEqualTo("True ScaledToZero: no replica is asked for");
        assertThat(condition(status, ConditionType.Available).status()).isEqualTo(ConditionStatus.False);
    }

    @Test
    void eachTurnIsNewsOnce() {
        ModelDeploymentStatus serving = status(List.of(SERVING), null);
        assertThat(Transitions.between(null, serving))
                .extracting(Transitions.News::reason)
                .containsExactly("Ready", "Loaded");
        assertThat(Transitions.between(serving, serving)).isEmpty();
        Failure killed = Failure.of(Reason.HostOutOfMemory, "raise memory.host");
        ModelDeploymentStatus lost = status(List.of(replica(false, Phase.Failed, null, killed)), serving);
        assertThat(Transitions.between(serving, lost))
                .as("two conditions turn, for one reason")
                .containsExactly(new Transitions.News(true, "HostOutOfMemory", "raise memory.host"));
        assertThat(Transitions.between(lost, lost)).isEmpty();
    }

    @Test
    void modulesFold() {
        assertThat(Layers.fold(List.of("wte", "h.0", "x.h.0", "x.h.1", "x.h.3", "ln_f")))
                .containsExactly("wte", "h.0", "x.h.0-1", "x.h.3", "ln_f");
    }

    private static ModelDeploymentStatus status(List<Replica> replicas, @Nullable ModelDeploymentStatus previous) {
        return StatusFactory.of(seen(replicas, previous, NOW, 1));
    }

    private static Observation seen(
            List<Replica> replicas, @Nullable ModelDeploymentStatus previous, Instant now, int wanted) {
        ModelDeploymentSpec spec = new ModelDeploymentSpec(
                new ModelSource("pvc://models/x", null),
                Dtype.Auto,
                Placement.of(PlacementPolicy.GpuOnly),
                Memory.of(new Quantity("1Gi"), new Quantity("2Gi")),
                new Gpu(1, Gpu.EMULATED),
                new Serving(8, null),
                wanted,
                null);
        return new Observation(spec, 7, "a=b", "http://x", null, replicas, 0, previous, now);
    }

    private static Replica replica(
            boolean ready, Phase phase, @Nullable ReplicaReport report, @Nullable Failure failure) {
        return new Replica("pod-1", "uid-1", "node", true, ready, NOW, 0, phase, report, failure, null);
    }

    private static ReplicaReport report(Phase phase, String device, @Nullable Long process) {
        return report(phase, device, process, 256 * MI);
    }

    private static ReplicaReport report(Phase phase, String device, @Nullable Long process, long read) {
        return report(phase, device, process, read, 700 * MI);
    }

    private static ReplicaReport report(Phase phase, String device, @Nullable Long process, long read, long weights) {
        boolean host = device.equals("host");
        return new ReplicaReport(
                "uid-1",
                phase,
                NOW,
                NOW,
                new ModelReport("LlamaForCausalLM", 10, 2, 256 * MI, Dtype.BFloat16, Dtype.Float32, "sha256:0", "x"),
                new PlanReport(
                        List.of(new DevicePlanReport(device, 1024 * MI, 700 * MI, 80 * MI, 10 * MI, 0, 790 * MI)),
                        500 * MI,
                        8,
                        512),
                List.of(new DeviceReport(
                        device,
                        host ? DeviceReport.Kind.Host : DeviceReport.Kind.Emulated,
                        null,
                        null,
                        1024 * MI,
                        new MeasuredMemory(weights, 80 * MI, null, null, null, process, DeviceReport.Source.Emulated),
                        List.of(
                                new ModulePlacement("model.embed_tokens", 1, null),
                                new ModulePlacement("model.layers.0", 1, null),
                                new ModulePlacement("model.layers.1", 1, null),
                                new ModulePlacement("lm_head", 0, "model.embed_tokens")))),
                new HostReport(2048 * MI, 500 * MI, 0L, 10 * MI, 600 * MI, null),
                new LoadReport("pvc://models/x", 256 * MI, read, 0.5, 512.0 * MI, 0.5, 3.0, null),
                null);
    }

    private static String say(ModelDeploymentStatus status, ConditionType type) {
        Condition condition = condition(status, type);
        return condition.status() + " " + condition.reason() + ": " + condition.message();
    }

    private static Condition condition(ModelDeploymentStatus status, ConditionType type) {
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
