package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import org.junit.jupiter.api.Test;

/** A cluster without Dynamic Resource Allocation: who asks for it is told so, all others are served as ever. */
@SuppressWarnings("NullAway")
class WithoutDeviceClaimsIT {
    @Test
    void onlyWhoAsksForADeviceClassIsToldThatThereIsNone() throws Exception {
        try (ApiServer server = new ApiServer("--runtime-config=resource.k8s.io/v1=false");
                PlanningKubelet _ = new PlanningKubelet(server.admin);
                OperatorProcess operator =
                        new OperatorProcess(server, "operator-no-dra", OperatorTest.SETTINGS).started()) {
            Workload claims =
                    new Workload(server.admin, "claims").claim("models").apply("""
                    model: {uri: "pvc://models/x"}
                    gpu: {deviceClassName: gpu.nvidia.com}
                    """);
            Workload other = new Workload(server.admin, "other").claim("models").apply(OperatorTest.SPEC);
            OperatorTest.tells(
                    claims, ConditionType.Ready, "False ApiUnavailable", "resource.k8s.io/v1", "gpu.resourceName");
            OperatorTest.deployment(other);
            OperatorTest.says(other, ConditionType.Ready, "False Starting");
            assertThat(operator.isAlive()).isTrue();
            assertThat(operator.status("/q/health/live")).isEqualTo(200);
        }
    }
}
