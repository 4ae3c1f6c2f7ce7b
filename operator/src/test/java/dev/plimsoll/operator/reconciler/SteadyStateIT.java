package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What does not change is not written, and what changes all the time is not written all the time. */
@SuppressWarnings("NullAway")
class SteadyStateIT extends OperatorTest {
    @Test
    void whatIsAsDesiredIsNotAppliedAgain() throws Exception {
        List<String> specs = List.of(
                SPEC,
                SPEC.replace("host: 1Gi", "host: 1.5Gi"),
                SPEC.replace("host: 1Gi", "host: 8192Mi"),
                """
                        model: {uri: "pvc://models/x"}
                        memory: {gpu: 1.5Gi, host: 2000000000, disk: 0.5Gi}
                        placement: {policy: Auto, offload: [Host, Disk]}
                        """,
                SPEC + "scheduling: {nodeSelector: {a: b}, tolerations: [{key: x, operator: Exists}]}\n",
                SPEC + "replicas: 0\n");
        List<Workload> models = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            models.add(workload("steady-" + i).claim("models").apply(specs.get(i)));
        }
        models.forEach(model -> says(model, ConditionType.Ready, model.name.equals("steady-5") ? "True" : "False"));
        for (Workload model : models) {
            Pod pod = model.pod("a");
            model.tell(pod, "phase: Pending");
            patiently().until(() -> model.status().replicas() == 1);
            model.remove(pod);
            patiently().until(() -> model.status().replicas() == 0);
        }
        assertThat(applied("steady-")).hasSize(2 * specs.size());
    }

    @Test
    void aServingReplicaWhoseNumbersWanderIsNotWritten() throws Exception {
        Workload model = workload("wanders").claim("models").apply(SPEC);
        deployment(model);
        Pod pod = model.pod("a");
        ReplicaProcess process = process();
        serve(model, pod, process);
        int settled = statusWrites("wanders").size();
        for (int i = 0; i < 20; i++) {
            process.says(Workload.report(pod, "Serving", "Float32")
                    .replace("419430400", Integer.toString(419430400 + i % 2 * 4096)));
            int asked = process.timesAsked();
            patiently().until(() -> process.timesAsked() > asked + 1);
        }
        assertThat(statusWrites("wanders")).hasSize(settled);
    }

    @Test
    void theProgressOfALoadIsWrittenAtMostOnceASecond() throws Exception {
        Workload model = workload("loads").claim("models").apply(SPEC + "replicas: 3\n");
        deployment(model);
        List<Pod> pods = List.of(model.pod("a"), model.pod("b"), model.pod("c"));
        List<ReplicaProcess> processes = List.of(process(), process(), process());
        for (int step = 0; step < 40; step++) {
            for (int i = 0; i < 3; i++) {
                processes
                        .get(i)
                        .says(Workload.report(pods.get(i), "Loading", "Float32")
                                .replace("\"bytesDone\": 67108864", "\"bytesDone\": " + (step * 3 + i) * 2_000_000L));
                if (step == 0) {
                    model.runs(pods.get(i), processes.get(i), false, "{}");
                }
            }
            int asked = processes.getFirst().timesAsked();
            patiently().until(() -> processes.getFirst().timesAsked() > asked);
        }
        List<Instant> written = statusWrites("loads");
        List<Duration> apart = new ArrayList<>();
        for (int i = 5; i < written.size(); i++) {
            apart.add(Duration.between(written.get(i - 1), written.get(i)));
        }
        assertThat(apart).isNotEmpty().allSatisfy(between -> assertThat(between).isGreaterThan(Duration.ofMillis(900)));
    }

    @Test
    void oneThatWorksIsAliveAndSaysWhatItDoes() throws Exception {
        Workload model = workload("metered").claim("models").apply(SPEC);
        deployment(model);
        serve(model, model.pod("a"), process());
        assertThat(operator.status("/q/health/live")).isEqualTo(200);
        String metrics = operator.get("/q/metrics");
        assertThat(metrics)
                .contains(
                        "plimsoll_status_writes_total",
                        "plimsoll_reports_poll_seconds_count",
                        "plimsoll_reports_oldest_seconds",
                        "plimsoll_model_condition{condition=\"Ready\",model=\"metered\",namespace=\"default\"} 1.0");
        assertThat(metrics).doesNotContain("operator_sdk");
        model.resource().delete();
        patiently().untilAsserted(() -> assertThat(operator.get("/q/metrics")).doesNotContain("model=\"metered\""));
    }

    private static List<Instant> statusWrites(String name) {
        return SERVER.audit.requests().stream()
                .filter(request -> request.resource().equals("plimsoll.dev/modeldeployments/status")
                        && request.name().startsWith(name))
                .map(AuditLog.Request::at)
                .toList();
    }

    private static List<AuditLog.Request> applied(String name) {
        return SERVER.audit.requests().stream()
                .filter(request -> request.isWrite()
                        && List.of("apps/deployments", "/services").contains(request.resource())
                        && request.name().startsWith(name))
                .toList();
    }
}
