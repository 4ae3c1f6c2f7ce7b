package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A mutating webhook that this process serves to the API server for one namespace: what a mesh does to pods as they
 * are made, or what a policy engine that is down does to everybody.
 */
final class AdmissionWebhook implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final char[] PASSWORD = "changeit".toCharArray();

    /** Changes an object as it is made. */
    interface Mutation {
        void apply(ObjectNode object);
    }

    private final Cluster cluster;
    private final HttpsServer server;
    private final MutatingWebhookConfiguration configuration;

    /** Changes the server pods of the namespace as they are made. */
    static AdmissionWebhook onPods(Cluster cluster, Mutation mutation)
            throws IOException, GeneralSecurityException, InterruptedException {
        return new AdmissionWebhook(cluster, "", "pods", exchange -> answer(exchange, mutation));
    }

    /** Answers whatever is asked of a kind of object with 500. */
    static AdmissionWebhook broken(Cluster cluster, String group, String resource)
            throws IOException, GeneralSecurityException, InterruptedException {
        return new AdmissionWebhook(cluster, group, resource, exchange -> {
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
    }

    private AdmissionWebhook(Cluster cluster, String group, String resource, com.sun.net.httpserver.HttpHandler handler)
            throws IOException, GeneralSecurityException, InterruptedException {
        this.cluster = cluster;
        KeyStore keys = keys();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", handler);
        server.start();
        configuration = Serialization.unmarshal(
                """
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingWebhookConfiguration
                metadata: {name: %1$s}
                webhooks:
                - name: %1$s.e2e.plimsoll.dev
                  admissionReviewVersions: [v1]
                  sideEffects: None
                  failurePolicy: Fail
                  timeoutSeconds: 5
                  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
                  rules:
                  - {apiGroups: ["%2$s"], apiVersions: [v1], resources: [%3$s], operations: [CREATE, UPDATE]}
                  clientConfig: {url: "https://127.0.0.1:%4$d/", caBundle: %5$s}
                """.formatted(
                                cluster.namespace(),
                                group,
                                resource,
                                server.getAddress().getPort(),
                                pem(keys)),
                MutatingWebhookConfiguration.class);
        cluster.client().resource(configuration).createOr(existing -> existing.update());
    }

    private static void answer(HttpExchange exchange, Mutation mutation) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody()).path("request");
        ObjectNode response = JSON.createObjectNode();
        response.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode verdict = response.putObject("response");
        verdict.put("uid", request.path("uid").asText()).put("allowed", true);
        boolean plans =
                !request.at("/object/metadata/labels/plimsoll.dev~1plans").isMissingNode();
        if (request.path("operation").asText().equals("CREATE") && !plans) {
            ObjectNode changed = request.path("object").deepCopy();
            mutation.apply(changed);
            ArrayNode patch = JSON.createArrayNode();
            patch.addObject().put("op", "replace").put("path", "").set("value", changed);
            verdict.put("patchType", "JSONPatch")
                    .put("patch", Base64.getEncoder().encodeToString(JSON.writeValueAsBytes(patch)));
        }
        byte[] body = JSON.writeValueAsBytes(response);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** The JDK has no public way to make a certificate but this tool. */
    static KeyStore keys() throws IOException, GeneralSecurityException, InterruptedException {
        Path folder = Files.createTempDirectory("webhook");
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "webhook",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=webhook",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        Files.delete(file);
        Files.delete(folder);
        return keys;
    }

    static SSLContext context(KeyStore keys) throws GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /** As an API object holds it: the text of the certificate, once more in base 64. */
    private static String pem(KeyStore keys) throws GeneralSecurityException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(keys.getCertificate("webhook").getEncoded());
        String text = "-----BEGIN CERTIFICATE-----\n" + lines + "\n-----END CERTIFICATE-----\n";
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        cluster.client().resource(configuration).delete();
        server.stop(0);
    }
}
