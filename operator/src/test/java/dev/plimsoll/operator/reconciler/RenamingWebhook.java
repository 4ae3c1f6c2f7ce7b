package dev.plimsoll.operator.reconciler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Converts ModelDeployments between two versions of which the newer one calls one field of the spec otherwise. */
final class RenamingWebhook implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String newer;
    private final String before;
    private final String after;
    private final KeyStore keys;
    private final HttpsServer server;
    private final AtomicInteger converted = new AtomicInteger();

    RenamingWebhook(String newer, String before, String after)
            throws IOException, GeneralSecurityException, InterruptedException {
        this.newer = newer;
        this.before = before;
        this.after = after;
        keys = RefusingWebhook.keys();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(RefusingWebhook.context(keys)));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    /** The CRD's {@code spec.conversion}. */
    ObjectNode conversion() throws GeneralSecurityException {
        ObjectNode conversion = JSON.createObjectNode().put("strategy", "Webhook");
        ObjectNode webhook = conversion.putObject("webhook");
        webhook.putArray("conversionReviewVersions").add("v1");
        webhook.putObject("clientConfig")
                .put("url", "https://127.0.0.1:" + server.getAddress().getPort() + "/")
                .put("caBundle", RefusingWebhook.pem(keys));
        return conversion;
    }

    int converted() {
        return converted.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody()).path("request");
        String wanted = request.path("desiredAPIVersion").asText();
        ObjectNode review = JSON.createObjectNode()
                .put("apiVersion", "apiextensions.k8s.io/v1")
                .put("kind", "ConversionReview");
        ObjectNode response =
                review.putObject("response").put("uid", request.path("uid").asText());
        response.putObject("result").put("status", "Success");
        ArrayNode objects = response.putArray("convertedObjects");
        request.path("objects").forEach(object -> objects.add(convert(object.deepCopy(), wanted)));
        converted.addAndGet(objects.size());
        byte[] body = JSON.writeValueAsBytes(review);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private ObjectNode convert(ObjectNode object, String wanted) {
        boolean forward = wanted.endsWith("/" + newer);
        ObjectNode spec = object.withObject("/spec");
        JsonNode value = spec.remove(forward ? before : after);
        if (value != null) {
            spec.set(forward ? after : before, value);
        }
        return object.put("apiVersion", wanted);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
