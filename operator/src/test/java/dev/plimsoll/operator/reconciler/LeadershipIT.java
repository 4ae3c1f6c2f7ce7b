package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two operators: one works, the other takes over when it ends, however it ends. */
@SuppressWarnings("NullAway")
class LeadershipIT extends OperatorTest {
    @Test
    void anotherOneTakesOverWhenOneDiesAndWhenOneIsToldToEnd() throws Exception {
        Workload model = workload("watched").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        serve(model, pod, process);
        assertThat(holder()).contains("operator-a");
        try (OperatorProcess second = new OperatorProcess(SERVER, "operator-b", SETTINGS).started()) {
            assertThat(second.status("/q/health/live")).isEqualTo(200);
            String version = model.resource().get().getMetadata().getResourceVersion();
            operator.kill();
            patiently().until(() -> holder().equals(Optional.of("operator-b")));
            process.says(Workload.report(pod, "Draining", "Float32"));
            says(model, ConditionType.Ready, "False");
            assertThat(model.resource().get().getMetadata().getResourceVersion())
                    .isNotEqualTo(version);
            startOperator();
            second.isToldToEnd();
            patiently().until(() -> holder().equals(Optional.of("operator-a")));
            process.says(Workload.report(pod, "Serving", "Float32"));
            says(model, ConditionType.Ready, "True");
        }
    }

    @Test
    void oneThatLosesItsLeaseEnds() throws Exception {
        patiently().until(() -> holder().equals(Optional.of("operator-a")));
        Lease lease = lease();
        lease.getSpec().setHolderIdentity("somebody-else");
        lease.getSpec().setLeaseDurationSeconds(600);
        SERVER.admin.resource(lease).update();
        assertThat(operator.ends()).isEqualTo(1);
        SERVER.admin.resource(lease()).delete();
        startOperator();
    }

    private static Lease lease() {
        return SERVER.admin
                .leases()
                .inNamespace(ApiServer.OPERATOR_NAMESPACE)
                .withName("plimsoll-operator")
                .get();
    }

    private static Optional<String> holder() {
        return Optional.ofNullable(lease()).map(lease -> lease.getSpec().getHolderIdentity());
    }
}
