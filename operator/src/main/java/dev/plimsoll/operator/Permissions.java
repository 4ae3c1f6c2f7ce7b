package dev.plimsoll.operator;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
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
                .withRules(
                        asked(),
                        told(),
                        owned(),
                        deployments(),
                        revisions(),
                        services(),
                        disruptionBudgets(),
                        deviceClaims(),
                        planningPods(),
                        replicaSets(),
                        seen(),
                        nodes(),
                        slices(),
                        events())
                .build();
    }

    /** In the operator's own namespace: which of several operators works. */
    public static Role lease() {
        return new RoleBuilder()
                .withNewMetadata()
                .withName("plimsoll-operator-lease")
                .endMetadata()
                .withRules(rule("coordination.k8s.io", List.of("leases"), "get", "create", "update", "patch"))
                .build();
    }

    /** Only for {@code PLIMSOLL_REPORTS_VIA=ApiServerProxy}: reports through the API server. */
    public static ClusterRole proxy() {
        return new ClusterRoleBuilder()
                .withNewMetadata()
                .withName("plimsoll-operator-report-proxy")
                .endMetadata()
                .withRules(rule("", List.of("pods/proxy"), "get"))
                .build();
    }

    /** What is asked for is read; only the status is ever written. */
    private static PolicyRule asked() {
        return rule(ModelDeployment.GROUP, List.of("modeldeployments"), "list", "watch");
    }

    private static PolicyRule told() {
        return rule(ModelDeployment.GROUP, List.of("modeldeployments/status"), "patch");
    }

    /**
     * What is owned blocks the deletion of its owner, which the admission plugin OwnerReferencesPermissionEnforcement
     * allows only to who could block it by a finalizer; nothing is ever sent there.
     */
    private static PolicyRule owned() {
        return rule(ModelDeployment.GROUP, List.of("modeldeployments/finalizers"), "update");
    }

    /** Applied, unless somebody else has one of that name; for the garbage collector to remove. */
    private static PolicyRule deployments() {
        return rule("apps", List.of("deployments"), "get", "list", "watch", "create", "patch");
    }

    /** What pods are made from, literally; those that nobody needs any more are removed. */
    private static PolicyRule revisions() {
        return rule("apps", List.of("controllerrevisions"), "get", "list", "watch", "create", "patch", "delete");
    }

    /** A changed spec is planned by a pod that ends within seconds. */
    private static PolicyRule planningPods() {
        return rule("", List.of("pods"), "get", "create", "delete");
    }

    /** How large GPUs are, and what is free; without it plans go by memory.gpu alone. */
    private static PolicyRule nodes() {
        return rule("", List.of("nodes"), "list");
    }

    /** As nodes, for those that ask for GPUs by device class. */
    private static PolicyRule slices() {
        return rule("resource.k8s.io", List.of("resourceslices"), "list");
    }

    /** As Deployments. */
    private static PolicyRule services() {
        return rule("", List.of("services"), "get", "list", "watch", "create", "patch");
    }

    /** As Deployments. */
    private static PolicyRule disruptionBudgets() {
        return rule("policy", List.of("poddisruptionbudgets"), "get", "list", "watch", "create", "patch");
    }

    /** As Deployments, for those alone that ask for GPUs by device class; not every cluster has them to be watched. */
    private static PolicyRule deviceClaims() {
        return rule("resource.k8s.io", List.of("resourceclaimtemplates"), "get", "create", "patch");
    }

    /** Whose pods they are. */
    private static PolicyRule replicaSets() {
        return rule("apps", List.of("replicasets"), "list", "watch");
    }

    /** What a status is told from. */
    private static PolicyRule seen() {
        return rule("", List.of("pods", "persistentvolumeclaims"), "list", "watch");
    }

    /** Those of pods that do not start are read; the operator's own are counted when they come again. */
    private static PolicyRule events() {
        return rule("events.k8s.io", List.of("events"), "get", "list", "create", "patch");
    }

    private static PolicyRule rule(String group, List<String> resources, String... verbs) {
        return new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resources)
                .withVerbs(verbs)
                .build();
    }
}
