package dev.plimsoll.operator.judgement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.ReplicaReport;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.api.status.RolloutPhase;
import dev.plimsoll.operator.replicas.KnownReport;
import dev.plimsoll.operator.replicas.Obstacle;
import dev.plimsoll.operator.replicas.PodKnowledge;
import dev.plimsoll.operator.replicas.PodTrouble;
import dev.plimsoll.operator.replicas.Replicas;
import dev.plimsoll.operator.replicas.ReportFailure;
import dev.plimsoll.operator.rollout.RolloutState;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What there is, read from a golden's {@code in.yaml}: {@code model}, {@code deployment}, {@code replicaSets} and
 * {@code pods} as the API server has them (each laid over {@code base.yaml}, so that a case says only what is peculiar
 * to it), {@code reports} by pod UID, {@code applyFailures}, {@code rollout}, {@code source}, {@code troubles}, {@code now}.
 */
record Scene(
        ModelDeployment model,
        @Nullable Deployment deployment,
        List<ReplicaSet> replicaSets,
        List<Pod> pods,
        JsonNode rest,
        Instant now) {
    static final Path FOLDER = Path.of("src/test/resources/judgement");
    private static final Path BASE = Path.of("src/test/resources/judgement-base.yaml");
    private static final YAMLMapper YAML = new YAMLMapper();
    static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());
    private static final String DIGEST = "abc";

    static Scene of(String name) {
        try {
            return parse(Files.readString(FOLDER.resolve(name).resolve("in.yaml")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that is written down in a test. */
    static Scene parse(String yaml) {
        try {
            JsonNode base = YAML.readTree(Files.readString(BASE));
            JsonNode given = YAML.readTree(yaml);
            return new Scene(
                    object(over(base.get("model"), given.path("model")), ModelDeployment.class),
                    given.path("deployment").isNull()
                            ? null
                            : object(over(base.get("deployment"), given.path("deployment")), Deployment.class),
                    list(base.get("replicaSets")).stream()
                            .map(set -> object(set, ReplicaSet.class))
                            .toList(),
                    list(given.path("pods")).stream()
                            .map(pod -> object(over(base.get("pod"), pod), Pod.class))
                            .toList(),
                    over(base.path("rest"), given),
                    Instant.parse(given.path("now").asText("2026-01-02T03:04:05Z")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Evidence evidence() {
        return evidence(model.getStatus(), now);
    }

    Evidence evidence(@Nullable ModelDeploymentStatus previous, Instant at) {
        Replicas replicas = Replicas.of(model, deployment, replicaSets, pods, DIGEST, uid -> known(uid, at));
        return new Evidence(
                model.getSpec(),
                model.getMetadata().getGeneration(),
                "plimsoll.dev/deployment=m",
                "http://m.default.svc:8000/v1",
                replicas,
                DeploymentState.of(deployment),
                rollout(),
                rest.has("source") ? failure(rest.get("source")) : null,
                list(rest.path("applyFailures")).stream()
                        .map(Scene::applyFailure)
                        .toList(),
                previous,
                Duration.ofSeconds(20),
                at);
    }

    /** As {@code rollout} says, laid over one that is complete. */
    private RolloutState rollout() {
        JsonNode said = rest.path("rollout");
        Obstacle obstacle = said.has("obstacle")
                ? new Obstacle(
                        Obstacle.Kind.valueOf(said.at("/obstacle/kind").asText()),
                        said.at("/obstacle/reason").asText(),
                        said.at("/obstacle/message").asText())
                : null;
        boolean made = said.path("made").asBoolean(true);
        return new RolloutState(
                new RolloutPhase(said.path("phase").asText("Complete")),
                said.path("served").asBoolean(true),
                made ? said.path("strategy").asText("Replace") : null,
                said.path("message").asText("there was no pod to be replaced"),
                said.has("refusal") ? failure(said.get("refusal")) : null,
                said.path("planner").textValue(),
                obstacle,
                said.path("broken").textValue(),
                made ? "plimsoll/model-server:1" : null,
                made ? DIGEST : null,
                said.path("generation").asLong(6),
                null);
    }

    Scene with(List<ReplicaSet> otherSets, List<Pod> otherPods) {
        return new Scene(model, deployment, otherSets, otherPods, rest, now);
    }

    /** The pods of another beside these, with what is known of them, under names and UIDs of their own. */
    Scene and(Scene other, String suffix) {
        List<Pod> all = new ArrayList<>(pods);
        ObjectNode known = rest.deepCopy();
        for (Pod pod : other.pods()) {
            String uid = pod.getMetadata().getUid();
            all.add(new PodBuilder(pod)
                    .editMetadata()
                    .withName(pod.getMetadata().getName() + suffix)
                    .withUid(uid + suffix)
                    .endMetadata()
                    .build());
            for (String of : List.of("reports", "firstSeen", "troubles")) {
                JsonNode value = other.rest().path(of).path(uid);
                if (!value.isMissingNode()) {
                    known.withObject("/" + of).set(uid + suffix, value);
                }
            }
        }
        return new Scene(model, deployment, replicaSets, all, known, now);
    }

    private PodKnowledge known(String uid, Instant at) {
        return new PodKnowledge(
                report(uid, at),
                Optional.ofNullable(rest.at("/firstSeen/" + uid).textValue())
                        .map(Instant::parse)
                        .orElse(at),
                list(rest.at("/troubles/" + uid)).stream()
                        .map(one -> new PodTrouble(
                                one.get("reason").asText(), one.get("message").asText()))
                        .toList());
    }

    private KnownReport report(String uid, Instant at) {
        JsonNode said = rest.at("/reports/" + uid);
        if (said.isMissingNode()) {
            return KnownReport.notAsked();
        }
        if (said.has("unreachable")) {
            ReportFailure failure = new ReportFailure(
                    new ReportFailure.Cause(said.at("/unreachable/cause").asText()),
                    said.at("/unreachable/message").asText());
            Instant since = Instant.parse(said.at("/unreachable/since").asText());
            return said.at("/unreachable/heard").asBoolean()
                    ? new KnownReport.Stale(since, failure)
                    : new KnownReport.Failed(failure, since);
        }
        ObjectNode report = (ObjectNode) over(rest.get("report"), said);
        report.put("podUid", uid);
        try {
            return new KnownReport.Fresh(JSON.treeToValue(report, ReplicaReport.class), at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ApplyFailure applyFailure(JsonNode node) {
        return new ApplyFailure(
                node.get("kind").asText(),
                node.get("name").asText(),
                new Reason(node.get("reason").asText()),
                node.get("message").asText(),
                node.get("retryable").asBoolean());
    }

    private static Failure failure(JsonNode node) {
        return Failure.of(
                new Reason(node.get("reason").asText()), node.get("message").asText());
    }

    private static List<JsonNode> list(JsonNode node) {
        return new ArrayList<>(StreamSupport.stream(node.spliterator(), false).toList());
    }

    /** {@code given} laid over {@code base}: objects are merged, everything else is replaced, null removes. */
    private static JsonNode over(JsonNode base, JsonNode given) {
        if (given.isMissingNode()) {
            return base;
        }
        if (!base.isObject() || !given.isObject()) {
            return given;
        }
        ObjectNode merged = base.deepCopy();
        given.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                merged.remove(field.getKey());
            } else {
                merged.set(field.getKey(), over(base.path(field.getKey()), field.getValue()));
            }
        });
        return merged;
    }

    private static <T> T object(JsonNode node, Class<T> type) {
        return Serialization.unmarshal(node.toString(), type);
    }
}
