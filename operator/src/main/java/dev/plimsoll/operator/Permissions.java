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
 * What the operator may do, and nothing else. The roles in {@code manifests} are generated from it; the tests that drive a
 * cluster run the operator with them.
 */
public final class Permissions {
    private Permissions() {}

    /** What is asked for, what becomes of it, and what is told. */
    public static ClusterRole models() {
        return clusterRole("plimsoll-operator", asked(), told(), owned(), replicaSets(), seen(), events());
    }

    /** What models are served by, which the operator makes: whoever may do that may run pods. */
    public static ClusterRole workloads() {
        return clusterRole(
                "plimsoll-operator-workloads",
                deployments(),
                revisions(),
                services(),
                disruptionBudgets(),
                deviceClaims(),
                planningPods());
    }

    /** The same for one namespace, where the operator is for some of them. */
    public static Role inOneNamespace(ClusterRole all) {
        return role(all.getMetadata().getName(), all.getRules());
    }

    /** What no namespace has; the operator does without where it may not. */
    public static ClusterRole nodes() {
        return clusterRole("plimsoll-operator-nodes", listedNodes(), slices());
    }

    /** In the operator's own namespace: which of several operators works. */
    public static Role lease() {
        return role(
                "plimsoll-operator-lease",
                List.of(rule("coordination.k8s.io", List.of("leases"), "get", "create", "update", "patch")));
    }

    /** Only for {@code PLIMSOLL_REPORTS_VIA=ApiServerProxy}: reports through the API server. */
    public static ClusterRole proxy() {
        return clusterRole("plimsoll-operator-report-proxy", rule("", List.of("pods/proxy"), "get"));
    }

    /** Only for the page: who asks for it, and what they may see. */
    public static ClusterRole page() {
        return new ClusterRoleBuilder()
                .withNewMetadata()
                .withName("plimsoll-operator-page")
                .endMetadata()
                .withRules(
                        rule("authentication.k8s.io", List.of("tokenreviews"), "create"),
                        rule("authorization.k8s.io", List.of("subjectaccessreviews"), "create"))
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
    private static PolicyRule listedNodes() {
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

    private static ClusterRole clusterRole(String name, PolicyRule... rules) {
        return new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withRules(rules)
                .build();
    }

    private static Role role(String name, List<PolicyRule> rules) {
        return new RoleBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withRules(rules)
                .build();
    }
}
