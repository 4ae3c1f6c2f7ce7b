package dev.plimsoll.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real API server with its etcd and no controllers, with the CRD and the role that users install. */
final class ApiServer implements AutoCloseable {
    private static final String VERSION = "1.34.4";
    private static final Path MANIFESTS = Path.of("../manifests/base");
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:plimsoll-system:plimsoll-operator";

    private final KubeAPIServer server;

    /** May do everything: a user, the controllers and the kubelet all at once. */
    final KubernetesClient admin;

    ApiServer() throws IOException {
        assertThat(cache().resolve("k8s/" + VERSION + "-linux-amd64"))
                .as("the API server's binaries: `e2e/cluster/cluster binaries` builds them")
                .isDirectory();
        server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(cache().toString())
                .withApiServerVersion(VERSION)
                .withOfflineMode(true)
                .build());
        server.start();
        admin = new KubernetesClientBuilder().withConfig(config()).build();
        create("crds/modeldeployments.plimsoll.dev.yaml");
        create("operator-role.yaml");
        admin.rbac()
                .clusterRoleBindings()
                .resource(new io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName("plimsoll-operator")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "plimsoll-operator")
                        .addNewSubject("rbac.authorization.k8s.io", "User", SERVICE_ACCOUNT, null)
                        .build())
                .create();
        admin.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("modeldeployments." + ModelDeployment.GROUP)
                .waitUntilCondition(
                        crd -> crd != null
                                && crd.getStatus() != null
                                && crd.getStatus().getConditions().stream()
                                        .anyMatch(
                                                condition -> condition.getType().equals("Established")
                                                        && condition.getStatus().equals("True")),
                        30,
                        TimeUnit.SECONDS);
    }

    /** A client with the rights of the operator's service account and no others; what it asks for is noted. */
    KubernetesClient operator(UsedRights used) {
        Config config = config();
        config.setImpersonateUsername(SERVICE_ACCOUNT);
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("used-rights", used))
                .build();
    }

    private void create(String manifest) throws IOException {
        try (var yaml = Files.newInputStream(MANIFESTS.resolve(manifest))) {
            for (HasMetadata resource : admin.load(yaml).items()) {
                admin.resource(resource).create();
            }
        }
    }

    private Config config() {
        return Config.fromKubeconfig(server.getKubeConfigYaml());
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
