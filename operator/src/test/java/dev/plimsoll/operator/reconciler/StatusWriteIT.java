package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A status that the API server does not take is written once it does, and nothing else is said meanwhile. */
@SuppressWarnings("NullAway")
class StatusWriteIT extends OperatorTest {
    /** What may pass is tried four times by the client before it is an error. */
    private static final int MORE_THAN_THE_CLIENT_TRIES = 6;

    @ParameterizedTest
    @ValueSource(ints = {409, 429, 500})
    void aStatusThatIsRefusedIsTriedAgainAndToldOnce(int code) throws Exception {
        Workload model = workload("refused-" + code).claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        serve(model, pod, process);
        List<String> told = model.events();
        int times = code == 429 || code >= 500 ? MORE_THAN_THE_CLIENT_TRIES : 3;
        try (History history = new History(SERVER.admin);
                RefusingWebhook webhook = new RefusingWebhook(SERVER.admin, model.name, code, times)) {
            process.says(Workload.report(pod, "Serving", "Float32").replace("\"Host\"", "\"Disk\""));
            patiently().until(() -> webhook.refused() == times);
            says(model, ConditionType.Ready, "False Misplaced");
            patiently().untilAsserted(() -> assertThat(history.of(model))
                    .as("neither what is not so, nor a doubt that nobody has")
                    .extracting(History.Version::ready)
                    .containsOnly("True AsSpecified", "False Misplaced"));
            process.says(Workload.report(pod, "Serving", "Float32"));
            says(model, ConditionType.Ready, "True AsSpecified");
        }
        assertThat(told).containsExactly("Loaded", "Ready");
        assertThat(model.events())
                .as("what was refused is told of once")
                .containsExactly("Loaded", "Misplaced", "Ready");
        assertThat(operator.get("/q/metrics")).contains("plimsoll_status_failures_total{code=\"" + code + "\"}");
        assertThat(operator.status("/q/health/live")).isEqualTo(200);
    }

    /** As an administrator may, by mistake. */
    @Test
    void aRightThatWasTakenAwayAndIsGivenBackIsUsedAgain() throws Exception {
        Workload model = workload("forbidden").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        serve(model, pod, process);
        var role = SERVER.admin.rbac().clusterRoles().withName("plimsoll-operator");
        ClusterRole before = role.get();
        role.edit(all -> {
            all.getRules().removeIf(rule -> rule.getResources().contains("modeldeployments/status"));
            return all;
        });
        try {
            process.says(Workload.report(pod, "Draining", "Float32"));
            patiently().untilAsserted(() -> assertThat(SERVER.audit.requests())
                    .filteredOn(request -> request.name().equals("forbidden") && request.code() == 403)
                    .hasSizeGreaterThanOrEqualTo(2));
        } finally {
            role.edit(all -> {
                all.setRules(before.getRules());
                return all;
            });
        }
        says(model, ConditionType.Ready, "False NoReplica");
    }
}
