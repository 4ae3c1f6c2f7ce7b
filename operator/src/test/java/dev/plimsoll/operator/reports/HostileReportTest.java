package dev.plimsoll.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.operator.judgement.DeploymentState;
import dev.plimsoll.operator.judgement.Evidence;
import dev.plimsoll.operator.judgement.Judgement;
import dev.plimsoll.operator.judgement.News;
import dev.plimsoll.operator.replicas.KnownReport;
import dev.plimsoll.operator.replicas.PodKnowledge;
import dev.plimsoll.operator.replicas.Replicas;
import dev.plimsoll.operator.replicas.ReportFailure;
import dev.plimsoll.operator.rollout.Rolled;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every field of a report, with every kind of value in its place, is believed or refused: nothing is thrown. */
class HostileReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REPORT = """
            {"podUid": "uid-1", "phase": "Loading", "startedAt": "2026-01-02T03:04:05Z", "observedAt": "2026-01-02T03:04:06Z",
             "model": {"architecture": "LlamaForCausalLM", "parameters": 10, "layers": 2, "checkpointBytes": 8,
               "checkpointDtype": "BFloat16", "dtype": "Float32", "revision": "sha256:0", "servedName": "x"},
             "plan": {"devices": [{"name": "gpu:0", "budget": 1, "weights": 2, "kvCache": 3, "workspace": 4, "context": 5,
               "total": 6, "modules": ["model.layers.0"]}], "host": 7, "maxSequences": 1, "maxSequenceTokens": 2},
             "devices": [{"name": "gpu:0", "kind": "Cuda", "uuid": "GPU-1", "product": "H100", "budget": 9,
               "modules": [{"name": "model.layers.0", "bytes": 1}, {"name": "lm_head", "bytes": 0, "tiedTo": "x"}],
               "measured": {"weights": 6, "kvCache": 3, "workspace": 2, "context": 5, "unaccounted": -1, "process": 15,
                            "source": "NVML"}}],
             "host": {"budget": 1, "anonymous": 100, "pinned": 20, "file": 3, "peak": 150,
               "ledger": {"heap": 40, "staging": 20, "weights": 0, "engine": 70, "other": -10}},
             "load": {"source": "pvc://models/x", "bytesTotal": 9, "bytesDone": 9, "seconds": 1.5, "bytesPerSecond": 6.0,
               "remainingSeconds": 1.0, "startToReadySeconds": 1.0, "startUp": {"jvm": 0.25, "warmUp": 0.75}},
             "failure": {"reason": "ReadFailed", "message": "m", "wouldFit": ["a"]}}
            """;
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:10Z");
    private static final ModelDeployment MODEL = Serialization.unmarshal("""
            metadata: {name: m, uid: m-uid}
            spec: {model: {uri: "pvc://models/x"}, memory: {gpu: 1Gi, host: 2Gi}}
            """, ModelDeployment.class);
    private static final Deployment DEPLOYMENT = Serialization.unmarshal(
            "metadata: {name: m, uid: d-uid, ownerReferences: [{uid: m-uid}]}", Deployment.class);
    private static final ReplicaSet REPLICA_SET = Serialization.unmarshal(
            "metadata: {name: m-abc, uid: rs-uid, ownerReferences: [{uid: d-uid, controller: true}]}",
            ReplicaSet.class);
    private static final Pod POD = Serialization.unmarshal("""
            metadata: {name: p, uid: uid-1, labels: {plimsoll.dev/spec-hash: abc}, ownerReferences: [{uid: rs-uid, controller: true}]}
            status: {containerStatuses: [{name: server, started: true, state: {running: {}}}]}
            """, Pod.class);
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "-1",
            "0",
            "9223372036854775808",
            "-9223372036854775808",
            "1e400",
            "\"\"",
            "\"\\u0000\\n\"",
            "[]",
            "[null]",
            "[[]]",
            "[{}]",
            "{}",
            "{\"a\": null}");

    @Test
    void theReportItselfIsBelieved() {
        assertThat(ReportReaderTest.read(REPORT)).isInstanceOf(Answer.Report.class);
    }

    /** What is believed can also be kept and judged: the checks are enough for all that read it afterwards. */
    @Test
    void whateverStandsInAFieldIsNoReasonToThrow() throws IOException {
        JsonNode report = JSON.readTree(REPORT);
        List<JsonPointer> fields = new ArrayList<>();
        collect(report, JsonPointer.empty(), fields);
        assertThat(fields).hasSizeGreaterThan(60);
        for (JsonPointer field : fields) {
            for (String value : VALUES) {
                String hostile = with(report, field, value);
                assertThatCode(() -> {
                            if (ReportReaderTest.read(hostile) instanceof Answer.Report believed) {
                                ReplicaReport kept = new Retained(1L << 20)
                                        .replace(null, believed.report())
                                        .orElseThrow();
                                assertThat(Materiality.differs(kept, kept)).isFalse();
                                judge(kept);
                            }
                        })
                        .as(field + " = " + value)
                        .doesNotThrowAnyException();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"budget", "weights", "kvCache", "workspace", "context", "total"})
    void aPlanOfLessThanNothingIsAbsurd(String kind) throws IOException {
        String hostile = with(JSON.readTree(REPORT), JsonPointer.compile("/plan/devices/0/" + kind), "-1");
        assertRefused(hostile);
    }

    @Test
    void aReportOfMoreThanAPodCanHaveIsAbsurd() throws IOException {
        assertThat(ReportReaderTest.read(devices(64, 1))).isInstanceOf(Answer.Report.class);
        assertRefused(devices(65, 1));
        assertThat(ReportReaderTest.read(devices(1, 20_000))).isInstanceOf(Answer.Report.class);
        assertRefused(devices(1, 20_001));
        assertRefused(devices(2, 10_001));
    }

    private static void judge(ReplicaReport report) {
        Replicas replicas = Replicas.of(
                MODEL,
                DEPLOYMENT,
                List.of(REPLICA_SET),
                List.of(POD),
                "abc",
                uid -> new PodKnowledge(new KnownReport.Fresh(report, NOW), NOW, List.of()));
        assertThat(replicas.active()).hasSize(1);
        Judgement judgement = Judgement.of(new Evidence(
                MODEL.getSpec(),
                1,
                "a=b",
                "http://m",
                replicas,
                DeploymentState.of(DEPLOYMENT),
                Rolled.OUT,
                null,
                List.of(),
                null,
                Duration.ofSeconds(20),
                NOW));
        assertThat(News.between(null, judgement.status()))
                .allSatisfy(news -> assertThat(news.message()).doesNotContain("\u0000", "\n"));
    }

    private static void assertRefused(String json) {
        assertThat(ReportReaderTest.read(json)).isInstanceOfSatisfying(Answer.None.class, none -> assertThat(
                        none.failure().cause())
                .isEqualTo(ReportFailure.IMPLAUSIBLE));
    }

    private static String devices(int count, int modules) throws IOException {
        String module = "{\"name\": \"m\", \"bytes\": 1}";
        String device = "{\"name\": \"gpu:0\", \"kind\": \"Cuda\", \"modules\": ["
                + String.join(",", Collections.nCopies(modules, module)) + "]}";
        return with(
                JSON.readTree(REPORT),
                JsonPointer.compile("/devices"),
                "[" + String.join(",", Collections.nCopies(count, device)) + "]");
    }

    private static void collect(JsonNode node, JsonPointer at, List<JsonPointer> fields) {
        node.properties().forEach(field -> {
            fields.add(at.appendProperty(field.getKey()));
            collect(field.getValue(), at.appendProperty(field.getKey()), fields);
        });
        for (int i = 0; i < (node.isArray() ? node.size() : 0); i++) {
            fields.add(at.appendIndex(i));
            collect(node.get(i), at.appendIndex(i), fields);
        }
    }

    /** The value as it is written: no number of Java holds some of them. */
    private static String with(JsonNode report, JsonPointer field, String value) {
        String mark = "here-it-is";
        JsonNode copy = report.deepCopy();
        JsonNode parent = copy.at(field.head());
        if (parent instanceof ArrayNode array) {
            array.set(field.last().getMatchingIndex(), JSON.getNodeFactory().textNode(mark));
        } else {
            ((ObjectNode) parent).put(field.last().getMatchingProperty(), mark);
        }
        return copy.toString().replace("\"" + mark + "\"", value);
    }
}
