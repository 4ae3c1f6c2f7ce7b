package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.OperatorConfig;
import dev.plimsoll.operator.desired.DesiredObjects;
import dev.plimsoll.operator.desired.DesiredService;
import dev.plimsoll.operator.desired.Labels;
import dev.plimsoll.operator.desired.ModelLocation;
import dev.plimsoll.operator.judgement.ApplyFailure;
import dev.plimsoll.operator.judgement.DeploymentState;
import dev.plimsoll.operator.judgement.Evidence;
import dev.plimsoll.operator.replicas.PodKnowledge;
import dev.plimsoll.operator.replicas.Replicas;
import dev.plimsoll.operator.reports.ReportPoller;
import dev.plimsoll.operator.rollout.Revision;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks: at the pods and what they say, at claims, at what became of the Deployment. */
@Singleton
class Observer {
    private final OperatorConfig config;
    private final ReportPoller reports;
    private final PodTroubles troubles;
    private final Clock clock;

    Observer(OperatorConfig config, ReportPoller reports, PodTroubles troubles, Clock clock) {
        this.config = config;
        this.reports = reports;
        this.troubles = troubles;
        this.clock = clock;
    }

    /** The claim that a model is read from. Never throws: an index is made of it. */
    Optional<ResourceID> claim(ModelDeployment model) {
        return model.getSpec() != null
                        && ModelLocation.of(model.getSpec().model().uri(), config.fileRoot())
                                instanceof ModelLocation.Claim claim
                ? Optional.of(new ResourceID(claim.name(), model.getMetadata().getNamespace()))
                : Optional.empty();
    }

    /** The model's own pods, which are asked for their reports from now on. */
    List<Pod> follow(ModelDeployment model, Caches caches) {
        List<Pod> owned =
                Replicas.owned(model, caches.deployment(model), caches.replicaSets(model), caches.pods(model));
        reports.follow(ResourceID.fromResource(model), owned);
        return owned;
    }

    Evidence evidence(
            ModelDeployment model,
            Rolling rolling,
            Caches caches,
            List<ApplyFailure> applyFailures,
            @Nullable ModelDeploymentStatus previous) {
        Deployment deployment = caches.deployment(model);
        return new Evidence(
                rolling.served(),
                Objects.requireNonNullElse(model.getMetadata().getGeneration(), 0L),
                Labels.selectorText(model.getMetadata().getName()),
                DesiredService.url(model),
                Replicas.of(
                        model,
                        deployment,
                        caches.replicaSets(model),
                        caches.pods(model),
                        rolling.active().map(Revision::key).orElse(""),
                        knowledge(caches.pods(model))),
                DeploymentState.of(deployment),
                rolling.state(),
                source(model, DesiredObjects.location(model, config), caches),
                applyFailures,
                previous,
                config.stale(),
                clock.instant());
    }

    private Function<String, PodKnowledge> knowledge(java.util.Collection<Pod> pods) {
        Map<String, Pod> byUid = pods.stream()
                .collect(Collectors.toMap(pod -> pod.getMetadata().getUid(), Function.identity(), (a, b) -> a));
        return uid -> {
            var firstSeen = reports.firstSeen(uid);
            return new PodKnowledge(
                    reports.known(uid),
                    firstSeen,
                    Optional.ofNullable(byUid.get(uid))
                            .map(pod -> troubles.of(pod, firstSeen))
                            .orElse(List.of()));
        };
    }

    private @Nullable Failure source(ModelDeployment model, ModelLocation location, Caches caches) {
        if (location instanceof ModelLocation.Refused(Reason reason, String message)) {
            return Failure.of(reason, message);
        }
        if (location instanceof ModelLocation.Claim claim
                && !caches.hasClaim(
                        new ResourceID(claim.name(), model.getMetadata().getNamespace()))) {
            return Failure.of(
                    Reason.ClaimNotFound,
                    "PersistentVolumeClaim " + claim.name() + " does not exist in namespace "
                            + model.getMetadata().getNamespace() + ": create it, or correct model.uri");
        }
        return null;
    }
}
