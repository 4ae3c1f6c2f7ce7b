package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
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

    /** Leader or not, and by the clock of whoever reads it. */
    @Test
    void eachOneRenewsALeaseOfItsOwnWhileItLives() throws Exception {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("PLIMSOLL_POD_UID", "uid-of-its-pod");
        try (OperatorProcess second = new OperatorProcess(SERVER, "operator-c", settings).started()) {
            patiently().until(() -> lives("operator-a") && lives("operator-c"));
            assertThat(holder()).contains("operator-a");
            Lease first = lease("operator-c");
            assertThat(first.getSpec().getHolderIdentity()).isEqualTo("operator-c");
            assertThat(first.getMetadata().getOwnerReferences()).singleElement().satisfies(owner -> {
                assertThat(owner.getKind()).isEqualTo("Pod");
                assertThat(owner.getName()).isEqualTo("operator-c");
                assertThat(owner.getUid()).isEqualTo("uid-of-its-pod");
            });
            patiently().until(() -> lease("operator-c")
                    .getSpec()
                    .getRenewTime()
                    .isAfter(first.getSpec().getRenewTime()));
            assertThat(lease("operator-c").getSpec().getAcquireTime())
                    .isEqualTo(first.getSpec().getAcquireTime());
            second.kill();
            patiently().until(() -> !lives("operator-c"));
            assertThat(lives("operator-a")).isTrue();
        }
        try (OperatorProcess third = new OperatorProcess(SERVER, "operator-c", settings).started()) {
            patiently().until(() -> lives("operator-c"));
            third.isToldToEnd();
            assertThat(lease("operator-c").getSpec().getHolderIdentity())
                    .as("given back")
                    .isNull();
        }
    }

    private static boolean lives(String operator) {
        Lease lease = lease(operator);
        return lease != null
                && lease.getSpec().getHolderIdentity() != null
                && lease.getSpec()
                        .getRenewTime()
                        .plusSeconds(lease.getSpec().getLeaseDurationSeconds())
                        .isAfter(ZonedDateTime.now(ZoneOffset.UTC));
    }

    private static Lease lease() {
        return lease("plimsoll-operator");
    }

    private static Lease lease(String name) {
        return SERVER.admin
                .leases()
                .inNamespace(ApiServer.OPERATOR_NAMESPACE)
                .withName(name)
                .get();
    }

    private static Optional<String> holder() {
        return Optional.ofNullable(lease()).map(lease -> lease.getSpec().getHolderIdentity());
    }
}
