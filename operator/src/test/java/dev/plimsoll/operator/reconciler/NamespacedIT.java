package dev.plimsoll.operator.reconciler;

import static dev.plimsoll.operator.reconciler.OperatorTest.SETTINGS;
import static dev.plimsoll.operator.reconciler.OperatorTest.SPEC;
import static dev.plimsoll.operator.reconciler.OperatorTest.deployment;
import static dev.plimsoll.operator.reconciler.OperatorTest.patiently;
import static dev.plimsoll.operator.reconciler.OperatorTest.revision;
import static dev.plimsoll.operator.reconciler.OperatorTest.serve;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An operator that has rights in two namespaces, and in the cluster none. */
@SuppressWarnings("NullAway")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NamespacedIT {
    private static final String GPU = """
            model: {uri: "pvc://models/x"}
            memory: {gpu: 8Gi, host: 2Gi}
            """;

    private ApiServer server;
    private PlanningKubelet planners;
    private OperatorProcess operator;

    @BeforeAll
    void start() throws Exception {
        server = new ApiServer();
        for (String name : List.of("team-a", "team-b", "team-c")) {
            server.admin
                    .resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .build())
                    .create();
        }
        server.namespaced("team-a", "team-b");
        planners = new PlanningKubelet(server.admin);
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("PLIMSOLL_WATCH_NAMESPACES", "team-a, team-b");
        Files.deleteIfExists(Path.of("target/operator-logs/operator-namespaced.log"));
        operator = new OperatorProcess(server, "operator-namespaced", settings).started();
    }

    @AfterAll
    void stop() throws Exception {
        operator.close();
        planners.close();
        server.close();
    }

    private Workload workload(String namespace, String name) {
        return new Workload(server.admin, namespace, name).claim("models");
    }

    @Test
    void itServesItsNamespacesAndSeesNoOther() throws Exception {
        Workload ignored = workload("team-c", "ignored").apply(SPEC);
        try (ReplicaProcess first = new ReplicaProcess();
                ReplicaProcess second = new ReplicaProcess()) {
            Workload a = workload("team-a", "model").apply(SPEC);
            Workload b = workload("team-b", "model").apply(SPEC);
            deployment(a);
            deployment(b);
            serve(a, a.pod("x"), first);
            serve(b, b.pod("x"), second);
            String before = revision(deployment(b));
            b.apply(SPEC + "serving: {maxSequenceTokens: 512}\n");
            patiently().until(() -> !revision(deployment(b)).equals(before));
            patiently().untilAsserted(() -> assertThat(b.status().rollout().message())
                    .contains("the operator sees only the pods of the namespaces that it watches"));

            workload("team-a", "gpu").apply(GPU);
            deployment(new Workload(server.admin, "team-a", "gpu"));
            Workload classes = workload("team-b", "classes").apply("""
                    model: {uri: "pvc://models/x"}
                    gpu: {deviceClassName: gpu.nvidia.com}
                    """);
            deployment(classes);
        }
        assertThat(ignored.condition(ConditionType.Ready)).isEmpty();
        assertThat(ignored.deployment()).isNull();
        assertThat(server.audit.requests())
                .filteredOn(request -> request.code() == 403)
                .as("what belongs to no namespace it may go without, and everything else it has")
                .extracting(AuditLog.Request::resource)
                .containsOnly("/nodes", "resource.k8s.io/resourceslices");
        assertThat(warnings("the nodes cannot be listed")).hasSize(1);
        assertThat(warnings("by device class cannot be listed")).hasSize(1);
        assertThat(warnings("forbidden")).hasSize(2);
        assertThat(warnings(" ERROR ")).isEmpty();
    }

    private List<String> warnings(String words) throws Exception {
        try (Stream<String> lines = Files.lines(operator.log)) {
            return lines.filter(line -> line.contains(words)).toList();
        }
    }

    @Test
    void aNameThatIsNoneEndsItAtOnce() throws Exception {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("PLIMSOLL_WATCH_NAMESPACES", "team-a,Team_B");
        try (OperatorProcess refused = new OperatorProcess(server, "operator-misnamed", settings)) {
            assertThat(refused.ends()).isNotZero();
            assertThat(Files.readString(refused.log)).contains("\"Team_B\" is no name of a namespace");
        }
    }
}
