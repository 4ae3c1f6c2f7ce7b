package dev.plimsoll.operator.judgement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was measured against which ceiling. */
class WithinMemoryBudgetTest {
    private static final long MI = 1L << 20;

    @Test
    void theCeilingOfOneGpuComesBeforeThatOfAll() {
        assertThat(say("{gpu: 1Gi, perGpu: [{index: 0, limit: 700Mi}], host: 2Gi}", 800))
                .isEqualTo(
                        "False OverBudget: pod p1 takes 800Mi of 700Mi on gpu:0 (Emulated): raise the budget, or lower"
                                + " serving.maxSequences or serving.maxSequenceTokens");
        assertThat(say("{gpu: 700Mi, perGpu: [{index: 0, limit: 1Gi}], host: 2Gi}", 800))
                .startsWith("True Measured: worst GPU 800Mi of 1Gi,");
        assertThat(say("{gpu: 1Gi, perGpu: [{index: 1, limit: 700Mi}], host: 2Gi}", 800))
                .startsWith("True Measured: worst GPU 800Mi of 1Gi,");
    }

    /** Without one of its own the spec leaves it to the server, which says what it took. */
    @Test
    void withoutACeilingTheServersOwnCounts() {
        assertThat(say("{gpu: null, host: 2Gi}", 800)).startsWith("True Measured: worst GPU 800Mi of 1Gi,");
        assertThat(say("{gpu: null, host: 2Gi}", 1025)).startsWith("False OverBudget: pod p1 takes");
    }

    @ParameterizedTest
    @CsvSource({"1Gi, True", "601Mi, True", "600Mi, True", "599Mi, False"})
    void theHighestOfTheHostIsMeasuredAgainstItsLimit(String host, String within) {
        assertThat(say("{gpu: 1Gi, host: %s}".formatted(host), 800)).startsWith(within);
    }

    @Test
    void aPlanIsToldByDeviceAndDiskWithoutABudget() {
        var status = Judgement.of(Scene.parse("""
                        pods: [{}]
                        reports:
                          u1:
                            plan:
                              devices:
                              - {name: "gpu:0", budget: %d, weights: 1, kvCache: 0, workspace: 0, context: 0, total: %d}
                              - {name: host, budget: %d, weights: 1, kvCache: 0, workspace: 0, context: 0, total: 1}
                              - {name: disk, budget: 0, weights: %d, kvCache: 0, workspace: 0, context: 0, total: 1}
                              host: %d
                        """.formatted(1024 * MI, 790 * MI, 2048 * MI, 200 * MI, 500 * MI))
                        .evidence())
                .status();
        assertThat(Told.words(status, ConditionType.Fits))
                .isEqualTo("True PlanFits: 790Mi of 1Gi on gpu:0, 200Mi on disk, 500Mi of 2Gi on the host");
    }

    private static String say(String memory, long process) {
        var status = Judgement.of(Scene.parse("""
                        model: {spec: {memory: %s}}
                        pods: [{}]
                        reports:
                          u1:
                            devices:
                            - {name: "gpu:0", kind: Emulated, budget: %d, measured: {weights: 1, process: %d, source: Emulated}, modules: [{name: a, bytes: 1}]}
                            plan: null
                        """.formatted(memory, 1024 * MI, process * MI))
                        .evidence())
                .status();
        return Told.words(status, ConditionType.WithinMemoryBudget);
    }
}
