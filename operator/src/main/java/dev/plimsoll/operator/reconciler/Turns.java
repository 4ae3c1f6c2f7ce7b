package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.OperatorConfig;
import dev.plimsoll.operator.rollout.Fleet;
import dev.plimsoll.operator.rollout.Policy;
import dev.plimsoll.operator.rollout.Revision;
import dev.plimsoll.operator.rollout.RevisionObject;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Whose turn it is when a newer server image is rolled out over the cluster. Turns stand in the revisions of all
 * deployments; one operator works at a time, and takes them one after the other.
 */
@Singleton
class Turns {
    /** Until the cache surely knows of a turn that was just taken. */
    private static final Duration SEEN_BY = Duration.ofSeconds(30);

    private final OperatorConfig config;
    private final RevisionStore store;
    private final Map<String, Taken> recent = new ConcurrentHashMap<>();

    private record Taken(String deployment, Instant at) {}

    Turns(OperatorConfig config, RevisionStore store) {
        this.config = config;
        this.store = store;
    }

    /** The others, where a deployment follows them. */
    Fleet fleet(ModelDeployment model, Policy policy, Caches caches) {
        if (!policy.followsOperator() || policy.image() != null) {
            return Fleet.NONE;
        }
        return Fleet.of(caches.revisionsOfAll().stream()
                .filter(object -> !model.getMetadata().getUid().equals(owner(object)))
                .flatMap(object -> RevisionObject.read(object).stream()
                        .map(revision -> new Fleet.Member(deployment(object), revision)))
                .toList());
    }

    /** Whether it was taken. */
    synchronized boolean take(ModelDeployment model, Revision wanted, Caches caches, Instant now) throws ObjectRefused {
        recent.values().removeIf(taken -> taken.at().plus(SEEN_BY).isBefore(now));
        String name =
                model.getMetadata().getNamespace() + "/" + model.getMetadata().getName();
        List<String> others = new ArrayList<>(
                fleet(model, Policies.of(model.getSpec()), caches).upgrading());
        recent.values().stream()
                .map(Taken::deployment)
                .filter(taken -> !taken.equals(name))
                .forEach(others::add);
        if (others.stream().distinct().count() >= Math.max(1, config.rolloutsAtOnce())) {
            return false;
        }
        store.keep(model, wanted.with(history -> history.takesTurn(now)), caches);
        recent.put(model.getMetadata().getUid(), new Taken(name, now));
        return true;
    }

    private static String owner(ControllerRevision object) {
        return Objects.requireNonNullElse(object.getMetadata().getOwnerReferences(), List.<OwnerReference>of()).stream()
                .filter(reference -> Boolean.TRUE.equals(reference.getController()))
                .map(OwnerReference::getUid)
                .findFirst()
                .orElse("");
    }

    private static String deployment(ControllerRevision object) {
        return object.getMetadata().getNamespace() + "/"
                + Stream.ofNullable(object.getMetadata().getOwnerReferences())
                        .flatMap(List::stream)
                        .map(OwnerReference::getName)
                        .findFirst()
                        .orElse("?");
    }
}
