package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.operator.desired.Labels;
import dev.plimsoll.operator.rollout.RevisionObject;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What of the cluster is watched: by label, and no more of it than a status is told from. Whose an object is follows
 * from UIDs, never from these labels, which anybody may write.
 */
final class Caches implements Stage {
    private static final String BY_CLAIM = "claim";

    private final InformerEventSource<Deployment, ModelDeployment> deployments;
    private final InformerEventSource<Service, ModelDeployment> services;
    private final InformerEventSource<PodDisruptionBudget, ModelDeployment> disruptionBudgets;
    private final InformerEventSource<ReplicaSet, ModelDeployment> replicaSets;
    private final InformerEventSource<Pod, ModelDeployment> pods;
    private final InformerEventSource<ControllerRevision, ModelDeployment> revisions;
    private final InformerEventSource<PersistentVolumeClaim, ModelDeployment> claims;

    Caches(EventSourceContext<ModelDeployment> context, Function<ModelDeployment, Optional<ResourceID>> claimOf) {
        deployments = labelled(Deployment.class, context);
        services = labelled(Service.class, context);
        disruptionBudgets = labelled(PodDisruptionBudget.class, context);
        replicaSets = labelled(ReplicaSet.class, context);
        pods = labelled(Pod.class, context);
        revisions = labelled(ControllerRevision.class, context);
        claims = claims(context, claimOf);
    }

    private static <R extends HasMetadata> InformerEventSource<R, ModelDeployment> labelled(
            Class<R> type, EventSourceContext<ModelDeployment> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(type, ModelDeployment.class)
                        .withLabelSelector(Labels.DEPLOYMENT)
                        .withItemStore(new LeanStore<>())
                        .withSecondaryToPrimaryMapper(Caches::named)
                        .build(),
                context);
    }

    private static InformerEventSource<PersistentVolumeClaim, ModelDeployment> claims(
            EventSourceContext<ModelDeployment> context, Function<ModelDeployment, Optional<ResourceID>> claimOf) {
        context.getPrimaryCache().addIndexer(BY_CLAIM, model -> claimOf.apply(model).map(ResourceID::toString).stream()
                .toList());
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(PersistentVolumeClaim.class, ModelDeployment.class)
                        .withItemStore(LeanStore.withoutSpec())
                        .withSecondaryToPrimaryMapper(claim ->
                                context
                                        .getPrimaryCache()
                                        .byIndex(
                                                BY_CLAIM,
                                                ResourceID.fromResource(claim).toString())
                                        .stream()
                                        .map(ResourceID::fromResource)
                                        .collect(Collectors.toSet()))
                        .withPrimaryToSecondaryMapper((ModelDeployment model) ->
                                claimOf.apply(model).stream().collect(Collectors.toSet()))
                        .build(),
                context);
    }

    /** The ModelDeployment whose name an object carries. */
    private static Set<ResourceID> named(HasMetadata object) {
        Map<String, String> labels =
                Objects.requireNonNullElse(object.getMetadata().getLabels(), Map.of());
        return Optional.ofNullable(labels.get(Labels.DEPLOYMENT))
                .map(name -> new ResourceID(name, object.getMetadata().getNamespace()))
                .stream()
                .collect(Collectors.toSet());
    }

    List<EventSource<?, ModelDeployment>> all() {
        return List.of(deployments, services, disruptionBudgets, replicaSets, pods, revisions, claims);
    }

    @Nullable
    Deployment deployment(ModelDeployment model) {
        return deployments.get(ResourceID.fromResource(model)).orElse(null);
    }

    Collection<ReplicaSet> replicaSets(ModelDeployment model) {
        return replicaSets.getSecondaryResources(model);
    }

    Collection<Pod> pods(ModelDeployment model) {
        return pods.getSecondaryResources(model);
    }

    Collection<ControllerRevision> revisions(ModelDeployment model) {
        return revisions.getSecondaryResources(model);
    }

    /** Of all deployments: those whose history may matter to others. */
    List<ControllerRevision> revisionsOfAll() {
        return revisions.list(RevisionObject::mayConcernOthers).toList();
    }

    boolean hasClaim(ResourceID claim) {
        return claims.get(claim).isPresent();
    }

    /** An informer of what a cluster may not have would never start: templates of device claims are asked for. */
    @Override
    public boolean isWatched(HasMetadata wanted) {
        return !(wanted instanceof ResourceClaimTemplate);
    }

    @Override
    public Optional<HasMetadata> live(HasMetadata wanted) {
        ResourceID id = ResourceID.fromResource(wanted);
        return switch (wanted) {
            case Deployment ignored -> deployments.get(id).map(HasMetadata.class::cast);
            case Service ignored -> services.get(id).map(HasMetadata.class::cast);
            case PodDisruptionBudget ignored -> disruptionBudgets.get(id).map(HasMetadata.class::cast);
            default -> throw new IllegalArgumentException(wanted.getKind() + " is not watched");
        };
    }

    @Override
    public void applied(HasMetadata object) {
        ResourceID id = ResourceID.fromResource(object);
        switch (object) {
            case Deployment deployment -> deployments.handleRecentResourceCreate(id, deployment);
            case Service service -> services.handleRecentResourceCreate(id, service);
            case PodDisruptionBudget budget -> disruptionBudgets.handleRecentResourceCreate(id, budget);
            case ResourceClaimTemplate ignored -> {
                // the API server is asked
            }
            case ControllerRevision revision -> revisions.handleRecentResourceCreate(id, revision);
            case Pod pod -> pods.handleRecentResourceCreate(id, pod);
            default -> throw new IllegalArgumentException(object.getKind() + " is not watched");
        }
    }
}
