package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A namespace of its own with a claim on the folder of models, as a user of the cluster has it. */
final class Cluster implements AutoCloseable {
    static final Path MODELS = Path.of(System.getenv()
                    .getOrDefault("PLIMSOLL_CACHE", System.getProperty("user.home") + "/.cache/plimsoll"))
            .resolve("models");
    static final String SMOLLM2 = "pvc://models/SmolLM2-135M-Instruct";

    private static final String OWNER = "plimsoll.dev/e2e";
    private static final Duration PATIENCE = Duration.ofMinutes(6);
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final HttpClient http = HttpClient.newHttpClient();
    private final String namespace;

    Cluster(String namespace) {
        this.namespace = namespace;
        close(client, namespace);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create();
        claim("models", MODELS);
    }

    /** A claim on a folder of the node. */
    void claim(String name, Path folder) {
        String volume = namespace + "-" + name;
        client.resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(volume)
                        .addToLabels(OWNER, namespace)
                        .endMetadata()
                        .withNewSpec()
                        .addToCapacity("storage", new Quantity("1Gi"))
                        .withAccessModes("ReadOnlyMany")
                        .withPersistentVolumeReclaimPolicy("Retain")
                        .withStorageClassName("")
                        .withNewClaimRef()
                        .withNamespace(namespace)
                        .withName(name)
                        .endClaimRef()
                        .withNewHostPath(folder.toString(), "Directory")
                        .endSpec()
                        .build())
                .create();
        client.resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadOnlyMany")
                        .withStorageClassName("")
                        .withVolumeName(volume)
                        .withNewResources()
                        .addToRequests("storage", new Quantity("1Gi"))
                        .endResources()
                        .endSpec()
                        .build())
                .create();
    }

    KubernetesClient client() {
        return client;
    }

    String namespace() {
        return namespace;
    }

    /** Applies a ModelDeployment whose spec is YAML. */
    void apply(String name, String spec) {
        String yaml = "apiVersion: plimsoll.dev/v1alpha1\nkind: ModelDeployment\nmetadata:\n  name: " + name
                + "\nspec:\n" + spec.indent(2);
        client.resource(Serialization.unmarshal(yaml, ModelDeployment.class))
                .inNamespace(namespace)
                .fieldManager("e2e")
                .forceConflicts()
                .serverSideApply();
    }

    Resource<ModelDeployment> model(String name) {
        return client.resources(ModelDeployment.class).inNamespace(namespace).withName(name);
    }

    /** Waits until a condition of the current generation has a status. */
    Condition awaitIs(String name, ConditionType type, ConditionStatus status) {
        return awaitCondition(name, type, condition -> condition.status() == status);
    }

    Condition awaitIs(String name, ConditionType type, ConditionStatus status, Reason reason) {
        return awaitCondition(
                name,
                type,
                condition -> condition.status() == status && condition.reason().equals(reason));
    }

    private Condition awaitCondition(String name, ConditionType type, Predicate<Condition> wanted) {
        return await("condition " + type + " of " + name)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .conditionEvaluationListener(new LastSeen(() -> describe(name)))
                .until(() -> condition(name, type).filter(wanted), Optional::isPresent)
                .orElseThrow();
    }

    /** A condition, if it speaks of the current generation. */
    Optional<Condition> condition(String name, ConditionType type) {
        ModelDeployment model = model(name).get();
        return Optional.ofNullable(model.getStatus()).stream()
                .flatMap(status -> status.conditions().stream())
                .filter(condition -> condition.type().equals(type)
                        && model.getMetadata().getGeneration().equals(condition.observedGeneration()))
                .findFirst();
    }

    private String describe(String name) {
        return String.valueOf(Serialization.asYaml(model(name).get().getStatus()));
    }

    List<Pod> pods(String name) {
        return client.pods()
                .inNamespace(namespace)
                .withLabel("plimsoll.dev/deployment", name)
                .withoutLabel("plimsoll.dev/plans")
                .list()
                .getItems();
    }

    /** What the Events of a reason say, once there is one: news are told after the status that they tell of. */
    List<String> awaitEvents(Reason reason) {
        return await("an Event of " + reason).atMost(PATIENCE).until(() -> events(reason), told -> !told.isEmpty());
    }

    private List<String> events(Reason reason) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> reason.toString().equals(event.getReason()))
                .map(Event::getMessage)
                .toList();
    }

    Pod onlyPod(String name) {
        List<Pod> pods = pods(name);
        assertThat(pods).hasSize(1);
        return pods.getFirst();
    }

    /** What a shell script prints in the container of a server; waits for its end. */
    String shell(Pod pod, String script) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (ExecWatch running = begin(pod, script, printed)) {
            assertThat(running.exitCode().get(1, TimeUnit.MINUTES)).as(script).isZero();
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** A shell script in the container of a server; it may outlive neither the container nor what is returned. */
    ExecWatch begin(Pod pod, String script, OutputStream printed) {
        return client.pods()
                .inNamespace(namespace)
                .withName(pod.getMetadata().getName())
                .inContainer("server")
                .writingOutput(printed)
                .exec("/bin/sh", "-c", script);
    }

    /** What a pod reports, through the API server. */
    ReplicaReport report(Pod pod) throws IOException {
        return JSON.readValue(rawReport(pod), ReplicaReport.class);
    }

    String rawReport(Pod pod) {
        return client.raw(
                "/api/v1/namespaces/" + namespace + "/pods/" + pod.getMetadata().getName() + ":9000/proxy/placement");
    }

    /** The token ids that a model answers a golden prompt with, greedily. */
    List<Integer> tokens(String name, Goldens golden) throws IOException, InterruptedException {
        Map<String, Object> body =
                Map.of("prompt", golden.inputIds(), "max_tokens", 48, "temperature", 0, "return_token_ids", true);
        HttpResponse<String> response = post(name, "/v1/completions", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode ids = JSON.readTree(response.body()).at("/choices/0/token_ids");
        return ids.valueStream().map(JsonNode::intValue).toList();
    }

    /**
     * Posts to the OpenAI API through the Service.
     *
     * @param headers names and values
     */
    HttpResponse<String> post(String name, String path, Object body, String... headers)
            throws IOException, InterruptedException {
        String ip = client.services()
                .inNamespace(namespace)
                .withName(name)
                .get()
                .getSpec()
                .getClusterIP();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + ip + ":8000" + path))
                .timeout(Duration.ofMinutes(5))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        close(client, namespace);
        http.close();
        client.close();
    }

    private static void close(KubernetesClient client, String namespace) {
        client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(namespace)
                .delete();
        client.resources(ModelDeployment.class).inNamespace(namespace).delete();
        client.namespaces().withName(namespace).delete();
        // What stands on a node without a kubelet would keep the namespace for ever.
        client.pods().inNamespace(namespace).withGracePeriod(0).delete();
        client.namespaces()
                .withName(namespace)
                .waitUntilCondition(gone -> gone == null, PATIENCE.toSeconds(), TimeUnit.SECONDS);
        client.persistentVolumes().withLabel(OWNER, namespace).delete();
        await().atMost(PATIENCE).until(() -> client.persistentVolumes()
                .withLabel(OWNER, namespace)
                .list()
                .getItems()
                .isEmpty());
    }
}
