package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.operator.Permissions;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The roles give what is used, and no more: the API server's own log says what that is. */
@SuppressWarnings("NullAway")
class RightsIT extends OperatorTest {
    /**
     * Admission asks for the first, of who writes owner references that block a deletion; the framework asks for the
     * second before it takes part in an election, where it then patches.
     */
    private static final Set<String> ASKED_FOR =
            Set.of("update plimsoll.dev/modeldeployments/finalizers", "update coordination.k8s.io/leases");

    @Test
    void theRolesGiveWhatWasUsedAndNoMore() throws Exception {
        Workload model = workload("used").claim("models").apply(SPEC);
        deployment(model);
        Workload claimed = workload("claimed").claim("models").apply("""
                model: {uri: "pvc://models/x"}
                gpu: {deviceClassName: gpu.nvidia.com}
                """);
        deployment(claimed);
        ReplicaProcess process = process();
        Pod pod = model.pod("a");
        for (int i = 0; i < 2; i++) {
            serve(model, pod, process);
            process.says(Workload.report(pod, "Draining", "Float32"));
            says(model, ConditionType.Ready, "False");
        }
        model.tell(model.pod("waits"), "phase: Pending");
        namesThatOthersHave(revision(deployment(model)));
        revisionsThatNobodyNeeds(model);
        List<PolicyRule> rules = Stream.of(
                        Permissions.models().getRules(),
                        Permissions.workloads().getRules(),
                        Permissions.nodes().getRules(),
                        Permissions.lease().getRules())
                .flatMap(List::stream)
                .toList();
        Set<String> given = new TreeSet<>(AuditLog.rights(rules));
        given.removeAll(ASKED_FOR);
        operator.close();
        startOperator();
        patiently().untilAsserted(() -> assertThat(SERVER.audit.rights()).containsExactlyElementsOf(given));
        assertThat(SERVER.audit.requests()).extracting(AuditLog.Request::code).doesNotContain(403);
    }

    /** @param key of the revision of {@link #SPEC}, whatever its deployment */
    private static void namesThatOthersHave(String key) {
        SERVER.admin
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("pod-taken-plan-" + key)
                        .withNamespace("default")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("theirs")
                        .withImage("theirs")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        SERVER.admin.resource("""
                apiVersion: apps/v1
                kind: ControllerRevision
                metadata: {name: revision-taken-%s, namespace: default}
                revision: 1
                data: {theirs: true}
                """.formatted(key)).create();
        for (String name : List.of("pod-taken", "revision-taken")) {
            Workload taken = workload(name).claim("models").apply(SPEC);
            says(taken, ConditionType.Ready, "False NameTaken");
            assertThat(taken.deployment()).isNull();
        }
    }

    private static void revisionsThatNobodyNeeds(Workload model) {
        for (int tokens = 1; tokens <= 6; tokens++) {
            String before = revision(deployment(model));
            model.apply(SPEC + "serving: {maxSequenceTokens: " + tokens + "}\n");
            patiently().until(() -> !revision(deployment(model)).equals(before));
        }
    }
}
