package dev.plimsoll.operator.reconciler;

import static org.awaitility.Awaitility.await;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One ModelDeployment, and what a user, the Deployment controller and a kubelet do about it. */
final class Workload {
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    private final KubernetesClient admin;
    private final String namespace;
    final String name;

    Workload(KubernetesClient admin, String name) {
        this(admin, "default", name);
    }

    Workload(KubernetesClient admin, String namespace, String name) {
        this.admin = admin;
        this.namespace = namespace;
        this.name = name;
    }

    Workload apply(String spec) {
        admin.resource("""
                apiVersion: plimsoll.dev/v1alpha1
                kind: ModelDeployment
                metadata: {name: %s, namespace: %s}
                spec:
                """.formatted(name, namespace) + spec.indent(2))
                .forceConflicts()
                .fieldManager("user")
                .serverSideApply();
        return this;
    }

    Workload claim(String claim) {
        admin.resource(Serialization.unmarshal("""
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: %s, namespace: %s}
                spec: {accessModes: [ReadOnlyMany], resources: {requests: {storage: 1Gi}}}
                """.formatted(claim, namespace), PersistentVolumeClaim.class))
                .createOr(NonDeletingOperation::update);
        return this;
    }

    Resource<ModelDeployment> resource() {
        return admin.resources(ModelDeployment.class).inNamespace(namespace).withName(name);
    }

    @Nullable
    Deployment deployment() {
        return admin.apps().deployments().inNamespace(namespace).withName(name).get();
    }

    @Nullable
    ModelDeploymentStatus status() {
        ModelDeployment model = resource().get();
        return model == null ? null : model.getStatus();
    }

    /** As an operator of another version of the API writes owner references. */
    void ownedInVersion(String version) {
        admin.apps().deployments().inNamespace(namespace).withName(name).edit(deployment -> {
            deployment.getMetadata().getOwnerReferences().getFirst().setApiVersion("plimsoll.dev/" + version);
            return deployment;
        });
    }

    /** As {@code True AsSpecified: message}; empty while there is none. */
    String condition(ConditionType type) {
        ModelDeploymentStatus status = status();
        return status == null
                ? ""
                : status.conditions().stream()
                        .filter(condition -> condition.type().equals(type))
                        .map(Workload::words)
                        .findFirst()
                        .orElse("");
    }

    private static String words(Condition condition) {
        return condition.status() + " " + condition.reason() + ": " + condition.message();
    }

    /** Once there are any and no more come: they follow the status that they tell of. */
    List<String> events() {
        AtomicReference<List<String>> seen = new AtomicReference<>(List.of());
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    List<String> before = seen.getAndSet(eventsNow());
                    return !before.isEmpty() && before.equals(seen.get());
                });
        return seen.get();
    }

    private List<String> eventsNow() {
        String uid = resource().get().getMetadata().getUid();
        return admin.events().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> uid.equals(event.getRegarding().getUid()))
                .map(Event::getReason)
                .sorted()
                .toList();
    }

    /** What the Deployment and ReplicaSet controllers would make of the template as it is now. */
    Pod pod(String suffix) {
        return new ReplicaSetController(admin, Objects.requireNonNull(deployment())).pod(suffix);
    }

    /** What a kubelet would say of it. */
    void tell(Pod pod, String status) {
        Pod now = admin.resource(pod).get();
        now.setStatus(Serialization.unmarshal(status, PodStatus.class));
        admin.resource(now).updateStatus();
    }

    void runs(Pod pod, ReplicaProcess process, boolean ready, String lastState) {
        tell(pod, """
                phase: Running
                podIP: %s
                podIPs: [{ip: %s}]
                conditions: [{type: Ready, status: "%s"}]
                containerStatuses:
                - name: server
                  image: x
                  imageID: x
                  restartCount: %d
                  ready: %s
                  started: true
                  state: {running: {startedAt: "%s"}}
                  lastState: %s
                """.formatted(
                        process.ip,
                        process.ip,
                        ready ? "True" : "False",
                        lastState.equals("{}") ? 0 : 1,
                        ready,
                        Instant.now().truncatedTo(ChronoUnit.SECONDS),
                        lastState));
    }

    void ended(Pod pod, String terminated) {
        tell(pod, """
                phase: Running
                conditions: [{type: Ready, status: "False"}]
                containerStatuses:
                - name: server
                  image: x
                  imageID: x
                  restartCount: 0
                  ready: false
                  state: {terminated: %s}
                """.formatted(terminated));
    }

    /** As if all that the status tells of had happened so much earlier; then something wakes the operator. */
    void age(Duration by) {
        await().atMost(Duration.ofSeconds(30))
                .ignoreException(KubernetesClientException.class)
                .until(() -> {
                    ModelDeployment now = resource().get();
                    String earlier = TIME.matcher(Serialization.asJson(now.getStatus()))
                            .replaceAll(time ->
                                    Instant.parse(time.group()).minus(by).toString());
                    now.setStatus(Serialization.unmarshal(earlier, ModelDeploymentStatus.class));
                    return admin.resource(now).updateStatus() != null;
                });
        admin.resource(Objects.requireNonNull(deployment())).edit(woken -> new DeploymentBuilder(woken)
                .editMetadata()
                .addToAnnotations("test/aged", by.toString())
                .endMetadata()
                .build());
    }

    /** What the kubelet or a controller writes where no field of a pod holds it. */
    void warns(Pod pod, String reason, String note) {
        admin.resource(new EventBuilder()
                        .withNewMetadata()
                        .withName(pod.getMetadata().getName() + "." + UUID.randomUUID())
                        .withNamespace(namespace)
                        .endMetadata()
                        .withType("Warning")
                        .withReason(reason)
                        .withNote(note)
                        .withAction("test")
                        .withReportingController("kubelet")
                        .withReportingInstance("node-1")
                        .withEventTime(new MicroTime(Instant.now()
                                .atOffset(ZoneOffset.UTC)
                                .format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"))))
                        .withNewRegarding()
                        .withApiVersion("v1")
                        .withKind("Pod")
                        .withName(pod.getMetadata().getName())
                        .withNamespace(namespace)
                        .withUid(pod.getMetadata().getUid())
                        .endRegarding()
                        .build())
                .create();
    }

    void remove(Pod pod) {
        admin.resource(pod).withGracePeriod(0).delete();
    }

    static String report(Pod pod, String phase, String dtype) {
        long done = phase.equals("Loading") ? 64L << 20 : 256L << 20;
        return """
                {"podUid": "%s", "phase": "%s", "startedAt": "%s", "observedAt": "%s",
                 "model": {"architecture": "LlamaForCausalLM", "parameters": 134515008, "layers": 2,
                           "checkpointBytes": 268435456, "checkpointDtype": "BFloat16", "dtype": "%s",
                           "servedName": "x"},
                 "plan": {"devices": [{"name": "host", "budget": 0, "weights": 268435456, "kvCache": 1048576,
                                       "workspace": 1048576, "context": 0, "total": 270532608}],
                          "host": 536870912, "maxSequences": 1, "maxSequenceTokens": 256},
                 "devices": [{"name": "host", "kind": "Host",
                              "modules": [{"name": "model.embed_tokens", "bytes": 1},
                                          {"name": "model.layers.0", "bytes": 1},
                                          {"name": "model.layers.1", "bytes": 1}],
                              "measured": {"weights": 268435456, "source": "Process"}}],
                 "host": {"anonymous": 419430400, "peak": 524288000},
                 "load": {"source": "pvc://models/x", "bytesTotal": 268435456, "bytesDone": %d, "seconds": 0.5}}
                """.formatted(pod.getMetadata().getUid(), phase, Instant.now(), Instant.now(), dtype, done);
    }
}
