package dev.plimsoll.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.FailedPodStatus;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.ModelFacts;
import dev.plimsoll.api.status.PlanStatus;
import dev.plimsoll.api.status.PodStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.api.status.RolloutPhase;
import dev.plimsoll.api.status.RolloutStatus;
import dev.plimsoll.api.status.Summary;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What kubectl and other clients see of a ModelDeployment that has a status. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResourceIT {
    private static final ModelDeploymentStatus STATUS = status();

    private ApiServer server;

    private JsonNode stored;

    @BeforeAll
    void createWithStatus() throws IOException {
        server = ApiServer.running();
        var created = (ObjectNode) server.create(new YAMLMapper().readTree("""
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                metadata: {name: qwen-3b}
                spec:
                  model: {uri: pvc://models/qwen2.5-3b}
                  dtype: Float16
                  memory: {gpu: 8Gi}
                """));
        created.set("status", server.json(STATUS, JsonNode.class));
        stored = server.update("qwen-3b", "status", created);
    }

    @Test
    void theSchemaHoldsEveryFieldOfAStatus() {
        assertThat(server.json(stored.get("status"), ModelDeploymentStatus.class))
                .isEqualTo(STATUS);
    }

    @Test
    void untilAnOperatorHasLookedTheStatusSaysSo() {
        var created = server.create(new ObjectMapper()
                .valueToTree(Map.of(
                        "apiVersion",
                        "plimsoll.dev/v1alpha1",
                        "kind",
                        "ModelDeployment",
                        "metadata",
                        Map.of("name", "unseen"),
                        "spec",
                        Map.of("model", Map.of("uri", "pvc://models/x")))));
        assertThat(created.get("status").toString()).isEqualTo("{\"observedGeneration\":-1}");
        assertThat(server.json(created, ModelDeployment.class).getStatus().conditions())
                .isEmpty();
    }

    /** An operator of the next version runs before its CRD is installed, or has been rolled back. */
    @Test
    void wordsOfAnotherVersionAreStored() throws IOException {
        var next = (ObjectNode) new YAMLMapper()
                .readTree(
                        Path.of("src/test/resources/versions/next-object.yaml").toFile());
        var status = next.remove("status");
        ((ObjectNode) next.get("spec")).put("dtype", "Auto").remove(List.of("reasoning", "placement"));
        ((ObjectNode) next.at("/spec/model")).remove(List.of("revision", "credentials"));
        ((ObjectNode) next.get("metadata")).put("name", "next");
        var created = (ObjectNode) server.create(next);
        created.set("status", status);
        var read = server.json(server.updateLeniently("next", "status", created), ModelDeployment.class)
                .getStatus();
        assertThat(read.conditions())
                .extracting(condition -> condition.type() + " " + condition.reason())
                .containsExactly("Ready QuantizationFailed", "Quantized Int4");
        assertThat(read.pods().getFirst().phase()).isEqualTo(new Phase("Quantizing"));
    }

    @Test
    void aStatusDoesNotChangeTheGeneration() {
        assertThat(stored.at("/metadata/generation").asInt()).isEqualTo(1);
    }

    @Test
    void getShowsWhetherItRunsAndHowDeepItSits() throws Exception {
        assertThat(table(0)).isEqualTo("""
                Name | Ready | Reason | Replicas | Placement | GPU-Mem | Host-Mem | Dtype
                qwen-3b | True | AsSpecified | 1/1 | 36/36 layers on GPU | 6.9Gi/8Gi | 0.8Gi/2Gi | Float16""");
    }

    @Test
    void wideAddsModelUrlAndLoadTime() throws Exception {
        assertThat(table(1)).isEqualTo("""
                Model | URL | Load-Time
                pvc://models/qwen2.5-3b | http://qwen-3b.default.svc:8000/v1 | 0.21s""");
    }

    @Test
    void scaleChangesReplicasAndShowsTheSelector() {
        var scale = (ObjectNode) server.get("qwen-3b/scale");
        assertThat(scale.at("/status/replicas").asInt()).isEqualTo(1);
        assertThat(scale.at("/status/selector").asText()).isEqualTo("plimsoll.dev/deployment=qwen-3b");

        ((ObjectNode) scale.get("spec")).put("replicas", 3);
        server.update("qwen-3b", "scale", scale);
        assertThat(server.get("qwen-3b").at("/spec/replicas").asInt()).isEqualTo(3);
    }

    /** Header and row as {@code kubectl get} prints them, without the age. */
    private String table(int priority) throws Exception {
        var http = server.client.getHttpClient();
        var response = http.sendAsync(
                        http.newHttpRequestBuilder()
                                .uri(URI.create(server.client.getMasterUrl()
                                        + "apis/plimsoll.dev/v1alpha1/namespaces/default/modeldeployments/qwen-3b"))
                                .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                                .build(),
                        String.class)
                .get();
        var table = Serialization.unmarshal(response.body(), JsonNode.class);
        var columns = table.get("columnDefinitions");
        var shown = IntStream.range(0, columns.size())
                .filter(i -> columns.get(i).get("priority").asInt() == priority)
                .filter(i -> !columns.get(i).get("name").asText().equals("Age"))
                .boxed()
                .toList();
        return line(shown, i -> columns.get(i).get("name"))
                + "\n"
                + line(shown, i -> table.at("/rows/0/cells").get(i));
    }

    private static String line(List<Integer> columns, IntFunction<JsonNode> cell) {
        return String.join(
                " | ", columns.stream().map(i -> cell.apply(i).asText()).toList());
    }

    private static ModelDeploymentStatus status() {
        var measured = new PodStatus.Measured(
                quantity("5.75Gi"),
                quantity("288Mi"),
                quantity("240Mi"),
                quantity("530Mi"),
                quantity("12Mi"),
                quantity("6.81Gi"),
                "NVML");
        var device = new PodStatus.DeviceStatus(
                "gpu:0",
                "Cuda",
                "GPU-8a1f",
                "NVIDIA H100 80GB HBM3",
                quantity("8Gi"),
                measured,
                "+0.4%",
                List.of("model.embed_tokens", "model.layers.0-35", "model.norm"));
        var pod = new PodStatus(
                "qwen-3b-6c9d-x7k2p",
                "5f0c",
                "gpu-node-3",
                true,
                Phase.Serving,
                "2026-11-23T10:15:00Z",
                List.of(device),
                new PodStatus.HostStatus(quantity("2Gi"), quantity("610Mi"), quantity("128Mi"), quantity("790Mi")),
                new PodStatus.LoadStatus(
                        "pvc://models/qwen2.5-3b",
                        6_171_926_112L,
                        95,
                        "2026-11-23T10:14:00Z",
                        "0.21",
                        "29.4GB/s",
                        "2.3s"),
                1,
                new PodStatus.PodFailure(Reason.HostOutOfMemory, "killed once"));
        var plan = new PlanStatus(
                List.of(new PlanStatus.DevicePlan(
                        "gpu:0",
                        quantity("5.75Gi"),
                        quantity("288Mi"),
                        quantity("210Mi"),
                        quantity("520Mi"),
                        quantity("6.78Gi"))),
                quantity("760Mi"),
                8,
                4096);
        var model = new ModelFacts(
                "Qwen2ForCausalLM",
                3_085_938_688L,
                36,
                new ModelFacts.CheckpointFacts(6_171_926_112L, Dtype.BFloat16, "3f2a91c"),
                Dtype.Float16);
        var ready = new Condition(
                ConditionType.Ready,
                ConditionStatus.True,
                Reason.AsSpecified,
                "1 of 1 replicas serve as specified",
                1L,
                "2026-11-23T10:15:00Z");
        return new ModelDeploymentStatus(
                1L,
                1,
                1,
                1,
                1,
                1,
                "plimsoll.dev/deployment=qwen-3b",
                "http://qwen-3b.default.svc:8000/v1",
                new Summary("1/1", "36/36 layers on GPU", "6.9Gi/8Gi", "0.8Gi/2Gi", "Float16", "0.21s"),
                model,
                plan,
                new RolloutStatus(
                        RolloutPhase.Complete,
                        null,
                        "Replace",
                        "there was no pod to be replaced",
                        1L,
                        "plimsoll/model-server:0.1.0",
                        "0123456789ab",
                        "2026-11-23T10:15:00Z"),
                List.of(pod),
                1,
                List.of(new FailedPodStatus("qwen-3b-6c9d-abcde", "61aa", "gpu-node-1", "Evicted", "low on memory")),
                List.of(ready));
    }

    private static Quantity quantity(String value) {
        return Quantity.parse(value);
    }
}
