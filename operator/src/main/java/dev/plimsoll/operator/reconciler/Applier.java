package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.desired.DesiredObjects;
import dev.plimsoll.operator.desired.Drift;
import dev.plimsoll.operator.desired.Labels;
import dev.plimsoll.operator.desired.Standing;
import dev.plimsoll.operator.judgement.ApplyFailure;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.ResourceNotFoundException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes what stands what is desired, by server-side apply. What cannot be applied is evidence, not an exception: it is
 * kept, told of in the status, and tried again after a pause that grows. An object that is as desired is left alone,
 * and so is one of somebody else.
 */
@Singleton
class Applier {
    static final String FIELD_MANAGER = "plimsoll-operator";
    private static final Logger LOG = Logger.getLogger(Applier.class);
    /** The API server refuses it for an object that stands, and does not look at it where none does. */
    static final String ONLY_CREATE = "1";

    private final KubernetesClient client;
    private final Clock clock;
    private final Map<String, Map<String, Attempt>> attempts = new ConcurrentHashMap<>();

    /**
     * The last try for an object.
     *
     * @param digest of what was desired
     * @param settled fingerprint of what the API server made of it, which others may make different from what was
     *     desired; null where it was refused
     * @param failure null where it was not
     */
    private record Attempt(
            String digest,
            @Nullable String settled,
            @Nullable ApplyFailure failure,
            int failures,
            Instant nextTry) {}

    /**
     * What came of applying.
     *
     * @param again how long until a refused object is tried again
     */
    record Outcome(List<ApplyFailure> failures, Optional<Duration> again) {}

    Applier(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Applies what is not as desired. */
    Outcome apply(ModelDeployment model, DesiredObjects desired, Stage stage) {
        Map<String, Attempt> mine =
                attempts.computeIfAbsent(model.getMetadata().getUid(), uid -> new ConcurrentHashMap<>());
        List<ApplyFailure> failures = new ArrayList<>();
        Optional<Duration> again = Optional.empty();
        Instant now = clock.instant();
        for (HasMetadata wanted : desired.all()) {
            if (wanted instanceof Deployment && lacksGpus(failures)) {
                continue;
            }
            Attempt attempt = attempt(model, wanted, stage, Optional.ofNullable(mine.get(wanted.getKind())), now);
            mine.put(wanted.getKind(), attempt);
            if (attempt.failure() != null) {
                failures.add(attempt.failure());
                Duration wait = Duration.between(now, attempt.nextTry());
                again = again.filter(other -> other.compareTo(wait) < 0).or(() -> Optional.of(wait));
            }
        }
        return new Outcome(failures, again);
    }

    /** A cluster that knows no claims of devices would drop them from the pods, which would then run without GPUs. */
    private static boolean lacksGpus(List<ApplyFailure> failures) {
        return failures.stream().anyMatch(failure -> failure.kind().equals("ResourceClaimTemplate"));
    }

    /** A ModelDeployment that is no more. */
    void forget(ModelDeployment model) {
        attempts.remove(model.getMetadata().getUid());
    }

    private Attempt attempt(
            ModelDeployment model, HasMetadata wanted, Stage stage, Optional<Attempt> last, Instant now) {
        String digest =
                Objects.requireNonNull(wanted.getMetadata().getAnnotations().get(Labels.APPLIED));
        Optional<Attempt> before = last.filter(attempt -> attempt.digest().equals(digest));
        Optional<Attempt> waiting = before.filter(
                attempt -> attempt.failure() != null && attempt.nextTry().isAfter(now));
        if (waiting.isPresent() && !stage.isWatched(wanted)) {
            return waiting.get();
        }
        try {
            HasMetadata live = stage.isWatched(wanted)
                    ? stage.live(wanted).orElse(null)
                    : client.resource(wanted).get();
            boolean ours = Standing.of(model, live) instanceof Standing.Ours;
            if (live != null && ours && isSettled(wanted, live, before)) {
                return new Attempt(digest, before.map(Attempt::settled).orElse(null), null, 0, now);
            }
            if (waiting.isPresent()) {
                return waiting.get();
            }
            HasMetadata standing = ours ? live : client.resource(wanted).get();
            HasMetadata applied = apply(model, wanted, Standing.of(model, standing));
            stage.applied(applied);
            return new Attempt(digest, Drift.fingerprint(applied), null, 0, now);
        } catch (Refusal refusal) {
            return failed(digest, refusal.failure(), before, now);
        } catch (KubernetesClientException | ResourceNotFoundException e) {
            return failed(digest, ApplyRefusal.of(wanted, e), before, now);
        }
    }

    private static boolean isSettled(HasMetadata wanted, HasMetadata live, Optional<Attempt> before) {
        return !Drift.of(wanted, live)
                || before.map(Attempt::settled)
                        .filter(settled -> settled.equals(Drift.fingerprint(live)))
                        .isPresent();
    }

    private HasMetadata apply(ModelDeployment model, HasMetadata wanted, Standing standing) throws Refusal {
        HasMetadata patch = client.getKubernetesSerialization().clone(wanted);
        switch (standing) {
            case Standing.Absent ignored -> patch.getMetadata().setResourceVersion(ONLY_CREATE);
            case Standing.Ours(String uid) -> patch.getMetadata().setUid(uid);
            case Standing.Orphaned(String uid) -> {
                if (!isWanted(model)) {
                    throw new Refusal(
                            ApplyRefusal.leftover(wanted, model.getMetadata().getUid()));
                }
                patch.getMetadata().setUid(uid);
                LOG.infof(
                        "%s/%s adopts its orphaned %s",
                        model.getMetadata().getNamespace(), model.getMetadata().getName(), wanted.getKind());
            }
            case Standing.Leftover(String owner) -> throw new Refusal(ApplyRefusal.leftover(wanted, owner));
            case Standing.Foreign(String owner) -> throw new Refusal(ApplyRefusal.taken(wanted, owner));
        }
        return client.resource(patch)
                .fieldManager(FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
    }

    /**
     * Whether the ModelDeployment is still there and is not being deleted, as the API server has it now. A delete that
     * orphans takes the owner's references off before the cache here knows of the delete; an object that was given back to
     * that owner would go with it.
     */
    private boolean isWanted(ModelDeployment model) {
        return client
                .resources(ModelDeployment.class)
                .inNamespace(model.getMetadata().getNamespace())
                .withField("metadata.name", model.getMetadata().getName())
                .list()
                .getItems()
                .stream()
                .anyMatch(now ->
                        now.getMetadata().getUid().equals(model.getMetadata().getUid())
                                && now.getMetadata().getDeletionTimestamp() == null);
    }

    private static Attempt failed(String digest, ApplyFailure failure, Optional<Attempt> before, Instant now) {
        int failures = before.map(Attempt::failures).orElse(0) + 1;
        if (!before.map(Attempt::failure).equals(Optional.of(failure))) {
            LOG.warnf(
                    "%s %s: %s: %s",
                    failure.kind(), failure.name(), failure.reason(), SingleLine.of(failure.message()));
        }
        return new Attempt(digest, null, failure, failures, now.plus(Backoff.after(failures)));
    }

    /** The name is not to be had. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final transient ApplyFailure failure;

        private Refusal(ApplyFailure failure) {
            super(failure.message());
            this.failure = failure;
        }

        private ApplyFailure failure() {
            return failure;
        }
    }
}
