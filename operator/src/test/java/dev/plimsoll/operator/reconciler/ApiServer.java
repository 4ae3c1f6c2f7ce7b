package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.AuthInfoBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real API server with its etcd and no controllers, with the CRD, the roles and the service account that users install. */
final class ApiServer implements AutoCloseable {
    static final String OPERATOR_NAMESPACE = "plimsoll-system";
    private static final String VERSION = "1.34.4";
    private static final Path MANIFESTS = Path.of("../manifests/base");
    private static final String AUDIT_POLICY = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
            - level: Metadata
            """;

    private final KubeAPIServer server;
    private final Path folder;

    /** May do everything: a user, the controllers and the kubelet all at once. */
    final KubernetesClient admin;

    final AuditLog audit;

    /** @param flags of the API server, beside the usual ones */
    ApiServer(String... flags) throws IOException {
        assertThat(cache().resolve("k8s/" + VERSION + "-linux-amd64"))
                .as("the API server's binaries: `e2e/cluster/cluster binaries` builds them")
                .isDirectory();
        folder = Files.createTempDirectory("plimsoll-api-server");
        Path policy = Files.writeString(folder.resolve("audit.yaml"), AUDIT_POLICY);
        Path log = folder.resolve("audit.log");
        server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(cache().toString())
                .withApiServerVersion(VERSION)
                .withOfflineMode(true)
                .withApiServerFlags(Stream.concat(
                                Stream.of(
                                        "--audit-policy-file=" + policy,
                                        "--audit-log-path=" + log,
                                        "--audit-log-mode=blocking"),
                                Stream.of(flags))
                        .toList())
                .build());
        server.start();
        admin = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
                .build();
        audit = new AuditLog(log, "system:serviceaccount:" + OPERATOR_NAMESPACE + ":plimsoll-operator");
        for (String manifest : List.of(
                "namespace.yaml",
                "crds/modeldeployments.plimsoll.dev.yaml",
                "operator-role.yaml",
                "rbac.yaml",
                "nodes-role.yaml",
                "nodes-binding.yaml")) {
            install(manifest);
        }
        admin.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("modeldeployments." + ModelDeployment.GROUP)
                .waitUntilCondition(
                        crd -> crd != null
                                && crd.getStatus() != null
                                // null, not empty, until the API server's own controller has seen it
                                && crd.getStatus().getConditions() != null
                                && crd.getStatus().getConditions().stream()
                                        .anyMatch(
                                                condition -> condition.getType().equals("Established")
                                                        && condition.getStatus().equals("True")),
                        30,
                        TimeUnit.SECONDS);
    }

    /** As kustomize puts it into the operator's namespace. */
    private void install(String manifest) throws IOException {
        try (var yaml = Files.newInputStream(MANIFESTS.resolve(manifest))) {
            for (HasMetadata resource : admin.load(yaml).items()) {
                if (resource.getKind().equals("ServiceAccount")
                        || resource.getKind().startsWith("Role")) {
                    resource.getMetadata().setNamespace(OPERATOR_NAMESPACE);
                }
                if (resource instanceof io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding binding) {
                    binding.getSubjects().forEach(subject -> subject.setNamespace(OPERATOR_NAMESPACE));
                }
                if (resource instanceof io.fabric8.kubernetes.api.model.rbac.RoleBinding binding) {
                    binding.getSubjects().forEach(subject -> subject.setNamespace(OPERATOR_NAMESPACE));
                }
                admin.resource(resource).create();
            }
        }
    }

    /** A kubeconfig with the token of the operator's service account. */
    Path operatorKubeconfig() throws IOException {
        String token = admin.serviceAccounts()
                .inNamespace(OPERATOR_NAMESPACE)
                .withName("plimsoll-operator")
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(7200L)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
        io.fabric8.kubernetes.api.model.Config kubeconfig =
                Serialization.unmarshal(server.getKubeConfigYaml(), io.fabric8.kubernetes.api.model.Config.class);
        kubeconfig
                .getUsers()
                .forEach(user ->
                        user.setUser(new AuthInfoBuilder().withToken(token).build()));
        kubeconfig.getContexts().forEach(context -> context.getContext().setNamespace(OPERATOR_NAMESPACE));
        return Files.writeString(folder.resolve("operator.kubeconfig"), Serialization.asYaml(kubeconfig));
    }

    /** As an operator for some namespaces is installed: the rights in each take the place of those in all of the cluster. */
    void namespaced(String... namespaces) throws IOException {
        for (String all : List.of("plimsoll-operator", "plimsoll-operator-workloads", "plimsoll-operator-nodes")) {
            admin.rbac().clusterRoleBindings().withName(all).delete();
            admin.rbac().clusterRoles().withName(all).delete();
        }
        for (String namespace : namespaces) {
            for (String manifest : List.of("role.yaml", "binding.yaml")) {
                try (var yaml = Files.newInputStream(
                        Path.of("../manifests/components/namespaced/in-each").resolve(manifest))) {
                    for (HasMetadata resource : admin.load(yaml).items()) {
                        resource.getMetadata().setNamespace(namespace);
                        admin.resource(resource).create();
                    }
                }
            }
        }
    }

    private static Path cache() {
        return Optional.ofNullable(System.getenv("PLIMSOLL_CACHE"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache/plimsoll"))
                .resolve("kube-api-test");
    }

    @Override
    public void close() {
        admin.close();
        server.stop();
    }
}
