package dev.plimsoll.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The committed roles are those that the code states, and they are small ones. */
class PermissionsTest {
    private static final Path MANIFESTS = Path.of("../manifests");
    private static final Set<String> READS = Set.of("get", "list", "watch");

    @Test
    void theCommittedRolesAreGenerated() throws IOException {
        String namespaced = "components/namespaced/in-each/";
        assertGenerated("base/operator-role.yaml", Permissions.models(), Permissions.workloads(), Permissions.lease());
        assertGenerated("base/nodes-role.yaml", Permissions.nodes());
        assertGenerated("components/report-proxy/role.yaml", Permissions.proxy());
        assertGenerated(
                namespaced + "role.yaml",
                Permissions.inOneNamespace(Permissions.models()),
                Permissions.inOneNamespace(Permissions.workloads()));
        assertGenerated(namespaced + "report-proxy/role.yaml", Permissions.inOneNamespace(Permissions.proxy()));
        assertGenerated("components/page/role.yaml", Permissions.page());
    }

    private static void assertGenerated(String file, HasMetadata... roles) throws IOException {
        String generated = "# Generated from dev.plimsoll.operator.Permissions; -Dplimsoll.update=true rewrites it.\n"
                + Arrays.stream(roles).map(Serialization::asYaml).collect(Collectors.joining());
        Path committed = MANIFESTS.resolve(file);
        if (Boolean.getBoolean("plimsoll.update")) {
            Files.writeString(committed, generated);
        }
        assertThat(Files.readString(committed))
                .as("run with -Dplimsoll.update=true to rewrite " + committed)
                .isEqualTo(generated);
    }

    @Test
    void nothingIsReadThatNoStatusIsToldFrom() {
        assertThat(resources(READS))
                .containsExactlyInAnyOrder(
                        "plimsoll.dev/modeldeployments",
                        "apps/deployments",
                        "apps/controllerrevisions",
                        "apps/replicasets",
                        "/services",
                        "policy/poddisruptionbudgets",
                        "resource.k8s.io/resourceclaimtemplates",
                        "/pods",
                        "/pods",
                        "/nodes",
                        "resource.k8s.io/resourceslices",
                        "/persistentvolumeclaims",
                        "events.k8s.io/events");
    }

    @Test
    void nothingIsWrittenButWhatIsMadeAndTold() {
        assertThat(resources(Set.of("create", "update", "patch")))
                .containsExactlyInAnyOrder(
                        "plimsoll.dev/modeldeployments/status",
                        "plimsoll.dev/modeldeployments/finalizers",
                        "apps/deployments",
                        "apps/controllerrevisions",
                        "/services",
                        "policy/poddisruptionbudgets",
                        "resource.k8s.io/resourceclaimtemplates",
                        "/pods",
                        "events.k8s.io/events");
        assertThat(rules().toList())
                .flatExtracting(PolicyRule::getVerbs)
                .isSubsetOf("get", "list", "watch", "create", "update", "patch", "delete");
    }

    /** A pod that has planned, and a revision that nobody needs: whatever else goes is the garbage collector's. */
    @Test
    void nothingIsRemovedButWhatItMadeForItself() {
        assertThat(resources(Set.of("delete", "deletecollection")))
                .containsExactlyInAnyOrder("apps/controllerrevisions", "/pods");
    }

    @Test
    void inItsOwnNamespaceItMayHoldALease() {
        assertThat(Permissions.lease().getRules()).singleElement().satisfies(rule -> assertThat(rule.getResources())
                .isEqualTo(List.of("leases")));
        assertThat(Permissions.proxy().getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getResources()).isEqualTo(List.of("pods/proxy"));
            assertThat(rule.getVerbs()).isEqualTo(List.of("get"));
        });
    }

    @Test
    void forThePageItMayAskWhoIsWhoAndMaySeeWhat() {
        assertThat(Permissions.page().getRules())
                .flatExtracting(PolicyRule::getResources)
                .containsExactly("tokenreviews", "subjectaccessreviews");
        assertThat(Permissions.page().getRules())
                .flatExtracting(PolicyRule::getVerbs)
                .containsOnly("create");
    }

    /** Whoever takes the rights to make workloads away is left with an operator that tells and makes nothing. */
    @Test
    void whatRunsPodsIsARoleOfItsOwn() {
        assertThat(Permissions.models().getRules())
                .filteredOn(rule -> !READS.containsAll(rule.getVerbs()))
                .flatExtracting(PolicyRule::getResources)
                .containsExactlyInAnyOrder("modeldeployments/status", "modeldeployments/finalizers", "events");
    }

    /** Everything else a namespace may give. */
    @Test
    void whatBelongsToNoNamespaceIsARoleOfItsOwn() {
        assertThat(Permissions.nodes().getRules())
                .flatExtracting(PolicyRule::getResources)
                .containsExactly("nodes", "resourceslices");
    }

    private static Stream<PolicyRule> rules() {
        return Stream.of(Permissions.models(), Permissions.workloads(), Permissions.nodes())
                .flatMap(role -> role.getRules().stream());
    }

    private static Stream<String> resources(Set<String> verbs) {
        return rules().filter(rule -> rule.getVerbs().stream().anyMatch(verbs::contains))
                .flatMap(rule -> rule.getApiGroups().stream()
                        .flatMap(group -> rule.getResources().stream().map(resource -> group + "/" + resource)));
    }
}
