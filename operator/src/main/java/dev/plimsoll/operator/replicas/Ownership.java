package dev.plimsoll.operator.replicas;

import dev.plimsoll.api.ModelDeployment;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which pods are a deployment's: by the UIDs of their controllers, never by name or label alone. */
final class Ownership {
    private final Set<String> replicaSets;

    Ownership(ModelDeployment model, @Nullable Deployment deployment, Collection<ReplicaSet> replicaSets) {
        this.replicaSets = deployment == null || !isOwnedBy(deployment, model)
                ? Set.of()
                : replicaSets.stream()
                        .filter(set -> controller(set)
                                .filter(uid ->
                                        uid.equals(deployment.getMetadata().getUid()))
                                .isPresent())
                        .map(set -> set.getMetadata().getUid())
                        .filter(Objects::nonNull)
                        .collect(Collectors.toUnmodifiableSet());
    }

    boolean owns(Pod pod) {
        return controller(pod).filter(replicaSets::contains).isPresent();
    }

    /** A Deployment of an earlier operator names its owner without calling it the controller. */
    private static boolean isOwnedBy(Deployment deployment, ModelDeployment model) {
        String uid = model.getMetadata().getUid();
        return uid != null && references(deployment).stream().anyMatch(reference -> uid.equals(reference.getUid()));
    }

    private static Optional<String> controller(HasMetadata object) {
        return references(object).stream()
                .filter(reference -> Boolean.TRUE.equals(reference.getController()))
                .map(OwnerReference::getUid)
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static List<OwnerReference> references(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getOwnerReferences(), List.of());
    }
}
