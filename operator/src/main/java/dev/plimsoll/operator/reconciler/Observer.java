package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.OperatorConfig;
import dev.plimsoll.operator.desired.DeploymentResource;
import dev.plimsoll.operator.desired.Labels;
import dev.plimsoll.operator.desired.ModelLocation;
import dev.plimsoll.operator.desired.ServiceResource;
import dev.plimsoll.operator.observe.Replica;
import dev.plimsoll.operator.observe.Replicas;
import dev.plimsoll.operator.observe.ReportPoller;
import dev.plimsoll.operator.status.Observation;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks: at the pods and what they say, at claims, at what became of the Deployment. */
@Singleton
class Observer {
    private static final String BY_CLAIM = "claim";

    private final OperatorConfig config;
    private final ReportPoller reports;
    private final Clock clock;

    Observer(OperatorConfig config, ReportPoller reports, Clock clock) {
        this.config = config;
        this.reports = reports;
        this.clock = clock;
    }

    List<EventSource<?, ModelDeployment>> eventSources(EventSourceContext<ModelDeployment> context) {
        InformerEventSource<Pod, ModelDeployment> pods = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(Pod.class, ModelDeployment.class)
                        .withLabelSelector(Labels.DEPLOYMENT)
                        .withSecondaryToPrimaryMapper(pod -> owner(pod).stream().collect(Collectors.toSet()))
                        .build(),
                context);
        context.getPrimaryCache().addIndexer(BY_CLAIM, model -> claim(model).stream()
                .map(ResourceID::toString)
                .toList());
        InformerEventSource<PersistentVolumeClaim, ModelDeployment> claims = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(PersistentVolumeClaim.class, ModelDeployment.class)
                        .withSecondaryToPrimaryMapper(claim ->
                                context
                                        .getPrimaryCache()
                                        .byIndex(
                                                BY_CLAIM,
                                                ResourceID.fromResource(claim).toString())
                                        .stream()
                                        .map(ResourceID::fromResource)
                                        .collect(Collectors.toSet()))
                        .withPrimaryToSecondaryMapper(
                                (ModelDeployment model) -> claim(model).stream().collect(Collectors.toSet()))
                        .build(),
                context);
        ReportEvents reported = new ReportEvents(reports, pods, Observer::owner);
        return List.of(pods, claims, reported);
    }

    /** Whether a pod that runs has not been asked yet, so that nothing true can be said of it. */
    boolean isTooEarly(Context<ModelDeployment> context) {
        return context.getSecondaryResources(Pod.class).stream()
                .anyMatch(pod -> pod.getStatus() != null
                        && pod.getMetadata().getDeletionTimestamp() == null
                        && "Running".equals(pod.getStatus().getPhase())
                        && pod.getStatus().getPodIP() != null
                        && !reports.wasAsked(pod.getMetadata().getUid()));
    }

    Observation observe(ModelDeployment model, Context<ModelDeployment> context) {
        Set<Pod> pods = context.getSecondaryResources(Pod.class);
        ModelLocation location = ModelLocation.of(model.getSpec().model().uri(), config.fileRoot());
        String hash = location instanceof ModelLocation.Refused ? "" : DeploymentResource.specHash(model, config);
        Replicas judge = new Replicas(hash, config.stale(), clock.instant());
        List<Replica> replicas = pods.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .map(pod -> judge.of(pod, reports.lastHeard(pod.getMetadata().getUid())))
                .toList();
        return new Observation(
                model.getSpec(),
                Objects.requireNonNullElse(model.getMetadata().getGeneration(), 0L),
                Labels.DEPLOYMENT + "=" + model.getMetadata().getName(),
                ServiceResource.url(model),
                blocked(model, location, context),
                replicas,
                pods.size() - replicas.size(),
                model.getStatus(),
                clock.instant());
    }

    private static @Nullable Failure blocked(
            ModelDeployment model, ModelLocation location, Context<ModelDeployment> context) {
        if (location instanceof ModelLocation.Refused(Reason reason, String message)) {
            return Failure.of(reason, message);
        }
        if (location instanceof ModelLocation.Claim claim
                && context.getSecondaryResources(PersistentVolumeClaim.class).isEmpty()) {
            return Failure.of(
                    Reason.ClaimNotFound,
                    "PersistentVolumeClaim " + claim.name() + " does not exist in namespace "
                            + model.getMetadata().getNamespace() + ": create it, or correct model.uri");
        }
        return Rejection.of(context).or(() -> replicaFailure(context)).orElse(null);
    }

    private static Optional<Failure> replicaFailure(Context<ModelDeployment> context) {
        return context.getSecondaryResource(Deployment.class).stream()
                .filter(deployment -> deployment.getStatus() != null)
                .flatMap(deployment -> deployment.getStatus().getConditions().stream())
                .filter(condition -> condition.getType().equals("ReplicaFailure")
                        && condition.getStatus().equals("True"))
                .map(DeploymentCondition::getMessage)
                .map(message -> Failure.of(Reason.PodsRejected, "the pods cannot be made: " + message))
                .findFirst();
    }

    private Optional<ResourceID> claim(ModelDeployment model) {
        return ModelLocation.of(model.getSpec().model().uri(), config.fileRoot()) instanceof ModelLocation.Claim claim
                ? Optional.of(new ResourceID(claim.name(), model.getMetadata().getNamespace()))
                : Optional.empty();
    }

    static Optional<ResourceID> owner(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getLabels())
                .map(labels -> labels.get(Labels.DEPLOYMENT))
                .map(name -> new ResourceID(name, pod.getMetadata().getNamespace()));
    }
}
