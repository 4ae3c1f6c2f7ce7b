package dev.plimsoll.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code custom.metrics.k8s.io} as prometheus-adapter serves it, for the metrics of pods: an APIService behind the API
 * server's aggregator, which reads what the servers' own {@code /metrics} say when it is asked.
 */
final class MetricsApi implements AutoCloseable {
    private static final String API = "/apis/custom.metrics.k8s.io/v1beta2";
    private static final Pattern OF_PODS = Pattern.compile(API + "/namespaces/([^/]+)/pods/\\*/([^/]+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Cluster cluster;
    private final HttpsServer server;
    private final List<HasMetadata> objects;

    MetricsApi(Cluster cluster) throws Exception {
        this.cluster = cluster;
        server = HttpsServer.create(new InetSocketAddress(0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(AdmissionWebhook.context(AdmissionWebhook.keys())));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        String node = cluster.client().nodes().list().getItems().getFirst().getStatus().getAddresses().stream()
                .filter(address -> address.getType().equals("InternalIP"))
                .findFirst()
                .orElseThrow()
                .getAddress();
        try (InputStream yaml = new java.io.ByteArrayInputStream(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: metrics, namespace: %1$s}
                spec: {ports: [{name: https, port: 443, targetPort: %3$d}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: metrics, namespace: %1$s, labels: {kubernetes.io/service-name: metrics}}
                addressType: IPv4
                endpoints: [{addresses: [%2$s], conditions: {ready: true}}]
                ports: [{name: https, port: %3$d, protocol: TCP}]
                ---
                apiVersion: apiregistration.k8s.io/v1
                kind: APIService
                metadata: {name: v1beta2.custom.metrics.k8s.io}
                spec:
                  group: custom.metrics.k8s.io
                  version: v1beta2
                  groupPriorityMinimum: 100
                  versionPriority: 200
                  insecureSkipTLSVerify: true
                  service: {name: metrics, namespace: %1$s, port: 443}
                """.formatted(cluster.namespace(), node, server.getAddress().getPort())
                        .getBytes(StandardCharsets.UTF_8))) {
            objects = cluster.client().load(yaml).items();
        }
        objects.forEach(object -> cluster.client().resource(object).serverSideApply());
    }

    private void answer(HttpExchange exchange) throws IOException {
        Matcher wanted = OF_PODS.matcher(exchange.getRequestURI().getPath());
        byte[] body = JSON.writeValueAsBytes(
                wanted.matches() ? values(wanted.group(1), wanted.group(2), selector(exchange)) : discovery());
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static ObjectNode discovery() {
        ObjectNode list = JSON.createObjectNode()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", "custom.metrics.k8s.io/v1beta2");
        list.putArray("resources");
        return list;
    }

    private static String selector(HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        for (String parameter : query == null ? new String[0] : query.split("&")) {
            if (parameter.startsWith("labelSelector=")) {
                return URLDecoder.decode(parameter.substring("labelSelector=".length()), StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    private ObjectNode values(String namespace, String metric, String selector) {
        ObjectNode list = JSON.createObjectNode()
                .put("kind", "MetricValueList")
                .put("apiVersion", "custom.metrics.k8s.io/v1beta2");
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        for (Pod pod : cluster.client()
                .pods()
                .inNamespace(namespace)
                .withLabelSelector(selector)
                .list()
                .getItems()) {
            double value = read(pod, metric);
            if (!Double.isNaN(value)) {
                ObjectNode item = items.addObject();
                item.putObject("describedObject")
                        .put("kind", "Pod")
                        .put("apiVersion", "v1")
                        .put("namespace", namespace)
                        .put("name", pod.getMetadata().getName());
                item.putObject("metric").put("name", metric);
                item.put(
                        "timestamp",
                        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
                item.put("value", Long.toString(Math.round(value * 1000)) + "m");
            }
        }
        return list;
    }

    /** The sum of a metric's series; NaN where a server does not answer, or has none. Prometheus' ':' is '_' here. */
    private double read(Pod pod, String metric) {
        try {
            String text = cluster.client()
                    .raw("/api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/"
                            + pod.getMetadata().getName() + ":9000/proxy/metrics");
            return text.lines()
                    .filter(line -> line.replace(':', '_').matches(Pattern.quote(metric) + "[{ ].*"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .reduce(Double::sum)
                    .orElse(Double.NaN);
        } catch (KubernetesClientException e) {
            return Double.NaN;
        }
    }

    @Override
    public void close() {
        objects.reversed().forEach(object -> cluster.client().resource(object).delete());
        server.stop(0);
    }
}
