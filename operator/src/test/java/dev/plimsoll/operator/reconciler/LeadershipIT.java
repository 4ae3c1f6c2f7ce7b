package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true");
        Files.deleteIfExists(Path.of("target/operator-logs/operator-b.log"));
        try (OperatorProcess second = new OperatorProcess(SERVER, "operator-b", settings).started()) {
            assertThat(second.status("/q/health/live")).isEqualTo(200);
            String version = model.resource().get().getMetadata().getResourceVersion();
            operator.kill();
            patiently().until(() -> holder().equals(Optional.of("operator-b")));
            process.says(Workload.report(pod, "Serving", "Float32").replace("\"Host\"", "\"Disk\""));
            says(model, ConditionType.Ready, "False Misplaced");
            assertThat(model.resource().get().getMetadata().getResourceVersion())
                    .isNotEqualTo(version);
            startOperator();
            second.isToldToEnd();
            patiently().until(() -> holder().equals(Optional.of("operator-a")));
            process.says(Workload.report(pod, "Serving", "Float32"));
            says(model, ConditionType.Ready, "True");
            assertJson(second.log);
        }
    }

    /** One object a line, with the model that it is about. */
    private static void assertJson(Path log) throws IOException {
        List<String> models = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            JsonNode entry = new ObjectMapper().readTree(line);
            assertThat(entry.path("message").asText()).as(line).isNotEmpty();
            assertThat(entry.path("level").asText()).as(line).isNotEmpty();
            models.add(entry.at("/mdc/resource.name").asText());
        }
        assertThat(models).contains("watched");
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
