package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes statuses, and remembers what it wrote until the cache has it, so that nothing is told from a status that is
 * out of date. What is not written through the framework is not filtered by it either: with JOSDK 5.3 a change of the
 * spec that races such a write may be lost.
 */
@Singleton
class Statuses {
    private static final Logger LOG = Logger.getLogger(Statuses.class);
    private static final Duration APART = Duration.ofSeconds(1);
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(Applier.FIELD_MANAGER)
            .withForce(true)
            .build();

    private static final String UNDECLARED = "field not declared in schema";

    private final KubernetesClient client;
    private final MeterRegistry meters;
    private final AtomicBoolean toldOfCrd = new AtomicBoolean();
    private final Map<String, Written> written = new ConcurrentHashMap<>();
    private final Map<String, Refused> refused = new ConcurrentHashMap<>();

    private record Written(BigInteger version, @Nullable ModelDeploymentStatus status, long at) {}

    private record Refused(int times, long nextTry) {}

    Statuses(KubernetesClient client, MeterRegistry meters) {
        this.client = client;
        this.meters = meters;
    }

    /** The status as it stands; as it was sent, where the API server keeps less of it. */
    @Nullable
    ModelDeploymentStatus of(ModelDeployment model) {
        return Optional.ofNullable(written.get(model.getMetadata().getUid()))
                .filter(own -> own.version().compareTo(version(model)) >= 0)
                .map(Written::status)
                .orElse(model.getStatus());
    }

    /**
     * How long a status is to wait, so that one deployment is not written more often than once a second. What turns a
     * condition, or speaks of another generation, does not wait, unless the API server has just taken no status.
     */
    Duration pause(ModelDeployment model, @Nullable ModelDeploymentStatus standing, ModelDeploymentStatus next) {
        Refused before = refused.get(model.getMetadata().getUid());
        if (before != null && before.nextTry() - System.nanoTime() > 0) {
            return Duration.ofNanos(before.nextTry() - System.nanoTime());
        }
        Written last = written.get(model.getMetadata().getUid());
        if (last == null || standing == null || !verdicts(standing).equals(verdicts(next))) {
            return Duration.ZERO;
        }
        Duration left = APART.minusNanos(System.nanoTime() - last.at());
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Map<Object, Object> verdicts(ModelDeploymentStatus status) {
        Map<Object, Object> verdicts = new java.util.HashMap<>();
        status.conditions().forEach(condition -> verdicts.put(condition.type(), condition.status()));
        verdicts.put("observedGeneration", String.valueOf(status.observedGeneration()));
        return verdicts;
    }

    /**
     * Writes a status. One that the API server does not take is no reason to doubt it: it is written later.
     *
     * @return how long until it is to be tried again; zero where it is written
     */
    Duration write(ModelDeployment model, ModelDeploymentStatus status) {
        String uid = model.getMetadata().getUid();
        try {
            put(model, status);
            refused.remove(uid);
            return Duration.ZERO;
        } catch (KubernetesClientException e) {
            int times =
                    Optional.ofNullable(refused.get(uid)).map(Refused::times).orElse(0) + 1;
            Duration wait = Backoff.after(times);
            refused.put(uid, new Refused(times, System.nanoTime() + wait.toNanos()));
            meters.counter("plimsoll.status.failures", "code", Integer.toString(e.getCode()))
                    .increment();
            LOG.warnf(
                    "the status of %s/%s could not be written, and will be in %d s: %s",
                    model.getMetadata().getNamespace(),
                    model.getMetadata().getName(),
                    wait.toSeconds(),
                    SingleLine.of(ApplyRefusal.words(e)));
            return wait;
        }
    }

    private void put(ModelDeployment model, ModelDeploymentStatus status) {
        ModelDeployment answer = keptBy(model, status);
        meters.counter("plimsoll.status.writes").increment();
        written.put(model.getMetadata().getUid(), new Written(version(answer), status, System.nanoTime()));
    }

    /** A CRD that is older than this operator refuses to apply what it does not know; of a whole status it keeps the rest. */
    private ModelDeployment keptBy(ModelDeployment model, ModelDeploymentStatus status) {
        ModelDeployment patch = patch(model, status);
        try {
            ModelDeployment answer =
                    client.resource(patch).subresource("status").patch(APPLY);
            return status.equals(answer.getStatus()) ? answer : replace(patch);
        } catch (KubernetesClientException e) {
            if (!String.valueOf(e.getMessage()).contains(UNDECLARED)) {
                throw e;
            }
            if (!toldOfCrd.getAndSet(true)) {
                LOG.warnf(
                        "the CRD of ModelDeployments is older than this operator, apply its own: statuses lack what that"
                                + " one does not know: %s",
                        SingleLine.of(ApplyRefusal.words(e)));
            }
            return replace(patch);
        }
    }

    /** To this very object: one that was made anew under its name gets none of it. */
    private static ModelDeployment patch(ModelDeployment model, ModelDeploymentStatus status) {
        ModelDeployment patch = new ModelDeployment();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(model.getMetadata().getName())
                .withNamespace(model.getMetadata().getNamespace())
                .withUid(model.getMetadata().getUid())
                .build());
        patch.setStatus(status);
        return patch;
    }

    private ModelDeployment replace(ModelDeployment patch) {
        List<Map<String, Object>> operations = List.of(
                Map.of(
                        "op",
                        "test",
                        "path",
                        "/metadata/uid",
                        "value",
                        patch.getMetadata().getUid()),
                Map.of("op", "add", "path", "/status", "value", patch.getStatus()));
        return client.resource(patch)
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON),
                        client.getKubernetesSerialization().asJson(operations));
    }

    void forget(ModelDeployment model) {
        written.remove(model.getMetadata().getUid());
        refused.remove(model.getMetadata().getUid());
    }

    private static BigInteger version(ModelDeployment model) {
        return new BigInteger(Objects.requireNonNull(model.getMetadata().getResourceVersion()));
    }
}
