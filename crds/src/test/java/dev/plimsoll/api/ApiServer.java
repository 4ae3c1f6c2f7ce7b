package dev.plimsoll.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real API server with its etcd, one for all tests, and the CRD installed from the file that users install. */
final class ApiServer {
    private static final String VERSION = "1.34.4";
    private static final String RESOURCES = "/apis/plimsoll.dev/v1alpha1/namespaces/default/modeldeployments";

    private static @Nullable ApiServer running;

    private final KubeAPIServer server;
    final KubernetesClient client;

    private ApiServer(KubeAPIServer server, KubernetesClient client) {
        this.server = server;
        this.client = client;
    }

    static synchronized ApiServer running() throws IOException {
        if (running == null) {
            running = start();
            Runtime.getRuntime().addShutdownHook(new Thread(running::stop));
        }
        return running;
    }

    private static ApiServer start() throws IOException {
        assertThat(binaries())
                .as("the API server's binaries: `e2e/cluster/cluster binaries` builds them")
                .isDirectory();
        var server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(cache().toString())
                .withApiServerVersion(VERSION)
                .withOfflineMode(true)
                .build());
        server.start();
        var started = new ApiServer(
                server,
                new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
                        .build());
        started.install(Files.readString(CrdTest.COMMITTED));
        return started;
    }

    static String kubectl() {
        return binaries().resolve("kubectl").toString();
    }

    String kubeconfig() {
        return server.getKubeConfigYaml();
    }

    private static Path binaries() {
        return cache().resolve("k8s/" + VERSION + "-linux-amd64");
    }

    private static Path cache() {
        return Optional.ofNullable(System.getenv("PLIMSOLL_CACHE"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache/plimsoll"))
                .resolve("kube-api-test");
    }

    private void install(String yaml) {
        client.resource(Serialization.unmarshal(yaml, CustomResourceDefinition.class))
                .create();
        client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("modeldeployments.plimsoll.dev")
                .waitUntilCondition(
                        crd -> crd != null
                                && crd.getStatus() != null
                                // null, not empty, until the API server's own controller has seen it
                                && crd.getStatus().getConditions() != null
                                && crd.getStatus().getConditions().stream()
                                        .anyMatch(c -> c.getType().equals("Established")
                                                && c.getStatus().equals("True")),
                        30,
                        TimeUnit.SECONDS);
    }

    /** Creates {@code resource} as {@code kubectl apply} does: a field that the schema does not know is refused. */
    JsonNode create(JsonNode resource) {
        return send(RESOURCES + "?fieldValidation=Strict", "POST", resource);
    }

    /** Replaces the status of {@code resource}, or another subresource. */
    JsonNode update(String name, String subresource, JsonNode resource) {
        return send(RESOURCES + "/" + name + "/" + subresource + "?fieldValidation=Strict", "PUT", resource);
    }

    /** As an operator of another version does: a field that the schema does not know is dropped. */
    JsonNode updateLeniently(String name, String subresource, JsonNode resource) {
        return send(RESOURCES + "/" + name + "/" + subresource, "PUT", resource);
    }

    JsonNode get(String nameAndSubresource) {
        return send(RESOURCES + "/" + nameAndSubresource, "GET", null);
    }

    void delete(String name) {
        send(RESOURCES + "/" + name, "DELETE", null);
    }

    /** The same value as another type, as clients read and write it. */
    <T> T json(Object value, Class<T> type) {
        return client.getKubernetesSerialization().convertValue(value, type);
    }

    private JsonNode send(String path, String method, @Nullable JsonNode body) {
        return Serialization.unmarshal(
                Objects.requireNonNull(client.raw(path, method, body), () -> method + " " + path + ": not found"),
                JsonNode.class);
    }

    private void stop() {
        client.close();
        server.stop();
    }
}
