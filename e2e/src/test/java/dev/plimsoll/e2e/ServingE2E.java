package dev.plimsoll.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plimsoll.api.report.DeviceReport;
import dev.plimsoll.api.report.HostLedger;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.PodStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The real model in Float32: on the host within 1.25 GiB, and on an emulated GPU, read past the page cache. */
class ServingE2E {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long FLOAT32_BYTES = 134_515_008L * 4;
    private static final long CHECKPOINT_BYTES = 134_515_008L * 2;
    private static final Pattern FROM_STORAGE = Pattern.compile("(?m)^read_bytes: (\\d+)$");
    private static Cluster cluster;

    @BeforeAll
    static void deploy() {
        cluster = new Cluster("e2e-serving");
        cluster.apply("on-host", """
                model: {uri: "pvc://models/SmolLM2-135M-Instruct"}
                dtype: Float32
                placement: {policy: HostOnly}
                memory: {host: 1280Mi}
                serving: {maxSequences: 4, maxSequenceTokens: 512}
                """);
        cluster.awaitIs("on-host", ConditionType.Ready, ConditionStatus.True);
        cluster.apply("on-gpu", """
                model: {uri: "pvc://models/SmolLM2-135M-Instruct", directReads: true}
                dtype: Float32
                memory: {gpu: 1Gi, host: 2Gi}
                gpu: {resourceName: plimsoll.dev/emulated-gpu}
                serving: {maxSequences: 1, maxSequenceTokens: 512}
                """);
        cluster.awaitIs("on-gpu", ConditionType.Ready, ConditionStatus.True);
    }

    @AfterAll
    static void remove() {
        cluster.close();
    }

    @Test
    void everyGoldenCaseGivesExactlyItsTokens() throws Exception {
        for (Goldens golden : Goldens.all()) {
            assertThat(cluster.tokens("on-host", golden)).as(golden.prompt()).isEqualTo(golden.greedy());
        }
    }

    @Test
    void theGpuGivesTheSameTokens() throws Exception {
        Goldens golden = Goldens.all().getFirst();
        assertThat(cluster.tokens("on-gpu", golden)).isEqualTo(golden.greedy());
    }

    @Test
    void sequencesThatShareStepsGiveTheSameTokens() throws Exception {
        List<Goldens> goldens = Goldens.all();
        try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
            List<Future<List<Integer>>> answers = new ArrayList<>();
            for (Goldens golden : goldens) {
                Callable<List<Integer>> ask = () -> cluster.tokens("on-host", golden);
                answers.add(clients.submit(ask));
            }
            for (int i = 0; i < goldens.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo(goldens.get(i).greedy());
            }
        }
    }

    @Test
    void aStreamHasTheSameTextAsTheWhole() throws Exception {
        Map<String, Object> question = Map.of(
                "model",
                "on-host",
                "messages",
                List.of(Map.of("role", "user", "content", "What is the capital of France?")),
                "temperature",
                0);
        String whole = JSON.readTree(cluster.post("on-host", "/v1/chat/completions", question)
                        .body())
                .at("/choices/0/message/content")
                .asText();
        assertThat(whole).isEqualTo("The capital of France is Paris.");

        Map<String, Object> streamed = new HashMap<>(question);
        streamed.put("stream", true);
        StringBuilder text = new StringBuilder();
        List<String> events = cluster.post("on-host", "/v1/chat/completions", streamed)
                .body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
        assertThat(events).hasSizeGreaterThan(3).last().isEqualTo("[DONE]");
        for (String event : events.subList(0, events.size() - 1)) {
            text.append(JSON.readTree(event).at("/choices/0/delta/content").asText());
        }
        assertThat(text).hasToString(whole);
    }

    @Test
    void reportedBytesAreTheModels() throws IOException {
        assertBytes("on-host", DeviceReport.Kind.Host, "host");
        assertBytes("on-gpu", DeviceReport.Kind.Emulated, "gpu:0");
    }

    @Test
    void theStatusSaysWhereTheModelIsAndWhatItTakes() {
        ModelDeploymentStatus host = cluster.model("on-host").get().getStatus();
        assertThat(host.summary().placement()).isEqualTo("30/30 layers on host");
        assertThat(host.summary().gpuMemory()).isEqualTo("-");
        assertThat(host.summary().hostMemory()).endsWith("/1.25Gi");
        assertThat(host.model().parameters()).isEqualTo(134_515_008);

        ModelDeploymentStatus gpu = cluster.model("on-gpu").get().getStatus();
        assertThat(gpu.summary().placement()).isEqualTo("30/30 layers on GPU (emulated)");
        assertThat(gpu.summary().gpuMemory()).endsWith("/1Gi");
        PodStatus pod = gpu.pods().getFirst();
        assertThat(pod.devices().getFirst().measured().weights()).hasToString("513Mi");
        assertThat(pod.devices().getFirst().modules())
                .containsExactly("model.embed_tokens", "model.layers.0-29", "model.norm", "lm_head");
    }

    /** The page cache holds the checkpoint, because the server on the host has read it. */
    @Test
    void directReadsComeFromTheStorageAlthoughThePageCacheHoldsTheFiles() throws Exception {
        Pod pod = cluster.onlyPod("on-gpu");
        Matcher read = FROM_STORAGE.matcher(cluster.shell(pod, "cat /proc/1/io"));
        assertThat(read.find()).isTrue();
        assertThat(Long.parseLong(read.group(1)))
                .as("bytes that the server had the storage read")
                .isGreaterThan(CHECKPOINT_BYTES / 10 * 9);
        assertThat(log(pod)).doesNotContain("does not allow them");
    }

    /** Java says so when it cannot use the cache: that it was made for other jars, or by another Java. */
    @Test
    void theServerStartsFromItsAotCache() {
        assertThat(log(cluster.onlyPod("on-host")))
                .contains("after the process began")
                .doesNotContain("[aot]");
    }

    @Test
    void nothingWasKilledForMemory() {
        Pod pod = cluster.onlyPod("on-host");
        assertThat(pod.getSpec()
                        .getContainers()
                        .getFirst()
                        .getResources()
                        .getLimits()
                        .get("memory"))
                .hasToString("1280Mi");
        assertThat(pod.getStatus().getContainerStatuses().getFirst().getRestartCount())
                .isZero();
        assertThat(cluster.condition("on-host", ConditionType.WithinMemoryBudget)
                        .orElseThrow()
                        .status())
                .isEqualTo(ConditionStatus.True);
    }

    @Test
    void badRequestsGetErrorsThatSayWhatToChange() throws Exception {
        assertError(400, "stream must be true or false", Map.of("prompt", "x", "stream", "yes"));
        assertError(400, "tools is not implemented", Map.of("prompt", "x", "tools", List.of(Map.of("type", "f"))));
        assertError(404, "served: on-host", Map.of("prompt", "x", "model", "another"));
        assertError(400, "room for", Map.of("prompt", "x", "max_tokens", 100_000));
        assertError(400, "token ids from 0 to 49151", Map.of("prompt", List.of(1, 99_999)));
    }

    private static String log(Pod pod) {
        return cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withName(pod.getMetadata().getName())
                .getLog();
    }

    private static void assertError(int status, String words, Map<String, Object> body) throws Exception {
        HttpResponse<String> response = cluster.post("on-host", "/v1/completions", body);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(JSON.readTree(response.body()).at("/error/message").asText()).contains(words);
    }

    private static void assertBytes(String name, DeviceReport.Kind kind, String device) throws IOException {
        ReplicaReport report = cluster.report(cluster.onlyPod(name));
        assertThat(report.devices()).hasSize(1);
        DeviceReport only = report.devices().getFirst();
        assertThat(only.kind()).isEqualTo(kind);
        assertThat(only.name()).isEqualTo(device);
        assertThat(only.modules().stream()
                        .mapToLong(DeviceReport.ModulePlacement::bytes)
                        .sum())
                .isEqualTo(FLOAT32_BYTES);
        assertThat(only.measured().weights()).isEqualTo(FLOAT32_BYTES);
        ReplicaReport.HostReport host = report.host();
        HostLedger ledger = host.ledger();
        assertThat(ledger.heap() + ledger.staging() + ledger.weights() + ledger.engine() + ledger.other())
                .isEqualTo(host.anonymous() + host.pinned());
        assertThat(ledger.weights()).isGreaterThanOrEqualTo(FLOAT32_BYTES);
        assertThat(ledger.engine()).isBetween(50L << 20, 400L << 20);
    }
}
