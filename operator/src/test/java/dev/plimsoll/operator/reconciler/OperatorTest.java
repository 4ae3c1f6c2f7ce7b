package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** One API server and one operator for the tests of a class. */
@SuppressWarnings("NullAway")
abstract class OperatorTest {
    static final String SPEC = """
            model: {uri: "pvc://models/x"}
            dtype: Float32
            placement: {policy: HostOnly}
            memory: {host: 1Gi}
            """;
    /** Quicker than the defaults, so that what takes time takes little. */
    static final Map<String, String> SETTINGS = Map.of(
            "PLIMSOLL_POLL_LOADING", "PT0.1S",
            "PLIMSOLL_POLL_SERVING", "PT0.2S",
            "PLIMSOLL_STALE", "PT3S",
            "PLIMSOLL_REPORTS_DEADLINE", "PT1S",
            "PLIMSOLL_LEASE_DURATION", "PT4S",
            "PLIMSOLL_LEASE_LIFE", "PT4S");

    static ApiServer SERVER;
    static OperatorProcess operator;
    static PlanningKubelet planners;

    private final List<ReplicaProcess> processes = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        SERVER = new ApiServer();
        planners = new PlanningKubelet(SERVER.admin);
        startOperator();
    }

    @AfterAll
    static void stop() throws Exception {
        operator.close();
        planners.close();
        SERVER.close();
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(ReplicaProcess::close);
    }

    static Workload workload(String name) {
        return new Workload(SERVER.admin, name);
    }

    ReplicaProcess process() throws IOException {
        ReplicaProcess process = new ReplicaProcess();
        processes.add(process);
        return process;
    }

    static void serve(Workload model, Pod pod, ReplicaProcess process) {
        process.says(Workload.report(pod, "Serving", "Float32"));
        model.runs(pod, process, true, "{}");
        says(model, ConditionType.Ready, "True AsSpecified");
    }

    static Deployment deployment(Workload model) {
        patiently().until(() -> model.deployment() != null);
        return Objects.requireNonNull(model.deployment());
    }

    /** What the pods of a Deployment are made from, of this release or of one before revisions. */
    static String revision(Deployment deployment) {
        Map<String, String> labels =
                deployment.getSpec().getTemplate().getMetadata().getLabels();
        return labels.getOrDefault("plimsoll.dev/revision", labels.get("plimsoll.dev/spec-hash"));
    }

    static void says(Workload model, ConditionType type, String words) {
        patiently().untilAsserted(() -> assertThat(model.condition(type)).startsWith(words));
    }

    /** Soon, perhaps after something else that begins the same. */
    static void tells(Workload model, ConditionType type, String begin, String... words) {
        patiently()
                .untilAsserted(() ->
                        assertThat(model.condition(type)).startsWith(begin).contains(words));
    }

    static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100));
    }

    static void startOperator() throws Exception {
        operator = new OperatorProcess(SERVER, "operator-a", SETTINGS).started();
    }

    static void restartOperator() throws Exception {
        operator.kill();
        startOperator();
    }
}
