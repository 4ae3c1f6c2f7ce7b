package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.desired.Labels;
import dev.plimsoll.operator.desired.Standing;
import dev.plimsoll.operator.rollout.Adoption;
import dev.plimsoll.operator.rollout.Revision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;

/** What the pods of a deployment are made from now. A Deployment that no revision is kept of becomes one as it stands. */
@Singleton
class StandingRevision {
    private static final Logger LOG = Logger.getLogger(StandingRevision.class);

    private final KubernetesClient client;
    private final RevisionStore store;
    private final Clock clock;

    StandingRevision(KubernetesClient client, RevisionStore store, Clock clock) {
        this.client = client;
        this.store = store;
        this.clock = clock;
    }

    Optional<Revision> of(ModelDeployment model, List<Revision> kept, Caches caches) {
        return owned(model, caches.deployment(model)).flatMap(deployment -> Labels.revision(
                        deployment.getSpec().getTemplate().getMetadata().getLabels())
                .flatMap(key -> kept.stream()
                        .filter(revision -> revision.key().equals(key))
                        .findFirst()));
    }

    /** Keeps a revision of a Deployment that stands without one: ours, or orphaned and about to be ours again. */
    void adopt(ModelDeployment model, Caches caches) throws ObjectRefused {
        Deployment cached = caches.deployment(model);
        if (cached == null) {
            return;
        }
        List<Revision> kept = store.of(model, caches);
        if (of(model, kept, caches).isPresent()) {
            return;
        }
        Deployment deployment =
                owned(model, cached).or(() -> orphaned(model, cached)).orElse(null);
        if (deployment == null) {
            return;
        }
        long number = 1 + kept.stream().mapToLong(Revision::number).max().orElse(0);
        Optional<Revision> found = Adoption.of(deployment, number, clock.instant());
        if (found.isPresent()
                && kept.stream()
                        .noneMatch(revision -> revision.key().equals(found.get().key()))) {
            LOG.infof(
                    "%s/%s: its Deployment becomes revision %s as it stands",
                    model.getMetadata().getNamespace(),
                    model.getMetadata().getName(),
                    found.get().key());
            store.create(model, found.get(), caches);
        }
    }

    private static Optional<Deployment> owned(
            ModelDeployment model, @org.jspecify.annotations.Nullable Deployment deployment) {
        return Optional.ofNullable(deployment)
                .filter(there -> Standing.isOwnedBy(
                        model, Objects.requireNonNullElse(there.getMetadata().getOwnerReferences(), List.of())));
    }

    /** The managed fields, by which it is known, are in no cache. */
    private Optional<Deployment> orphaned(ModelDeployment model, Deployment cached) {
        return Optional.ofNullable(client.resource(cached).get())
                .filter(live -> Standing.of(model, live) instanceof Standing.Orphaned);
    }
}
