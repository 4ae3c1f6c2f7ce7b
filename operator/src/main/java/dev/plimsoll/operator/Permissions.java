package dev.plimsoll.operator;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import java.util.List;

/**
 * What the operator may do, and nothing else. {@code manifests/base/operator-role.yaml} is generated from it; the tests
 * that drive a cluster run the operator with it.
 */
public final class Permissions {
    private Permissions() {}

    /** The role that the operator's service account is bound to. */
    public static ClusterRole role() {
        return new ClusterRoleBuilder()
                .withNewMetadata()
                .withName("plimsoll-operator")
                .endMetadata()
                .withRules(asked(), told(), deployments(), services(), seen(), events())
                .build();
    }

    /** What is asked for is read; only the status is ever written. */
    private static PolicyRule asked() {
        return rule(ModelDeployment.GROUP, List.of("modeldeployments"), "list", "watch");
    }

    private static PolicyRule told() {
        return rule(ModelDeployment.GROUP, List.of("modeldeployments/status"), "patch");
    }

    /** Applied, unless somebody else has one of that name; removed when a source is not allowed any more. */
    private static PolicyRule deployments() {
        return rule("apps", List.of("deployments"), "get", "list", "watch", "create", "patch", "delete");
    }

    /** As Deployments, but for the garbage collector to remove. */
    private static PolicyRule services() {
        return rule("", List.of("services"), "get", "list", "watch", "create", "patch");
    }

    /** What a status is told from. */
    private static PolicyRule seen() {
        return rule("", List.of("pods", "persistentvolumeclaims"), "list", "watch");
    }

    private static PolicyRule events() {
        return rule("events.k8s.io", List.of("events"), "create");
    }

    private static PolicyRule rule(String group, List<String> resources, String... verbs) {
        return new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resources)
                .withVerbs(verbs)
                .build();
    }
}
