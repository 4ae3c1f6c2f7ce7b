package dev.plimsoll.operator.reconciler;

import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.OperatorConfig;
import dev.plimsoll.operator.desired.DesiredObjects;
import dev.plimsoll.operator.judgement.ApplyFailure;
import dev.plimsoll.operator.judgement.Evidence;
import dev.plimsoll.operator.observe.Replicas;
import dev.plimsoll.operator.observe.ReportPoller.Heard;
import dev.plimsoll.operator.replicas.KnownReport;
import dev.plimsoll.operator.reports.ReportPoller;
import dev.plimsoll.operator.status.Observation;
import dev.plimsoll.operator.status.StatusFactory;
import io.fabric8.kubernetes.api.model.Pod;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** From evidence to a status. */
@Singleton
class Judge {
    private final OperatorConfig config;
    private final ReportPoller reports;

    Judge(OperatorConfig config, ReportPoller reports) {
        this.config = config;
        this.reports = reports;
    }

    ModelDeploymentStatus of(Evidence evidence, ModelDeployment model, DesiredObjects desired, List<Pod> owned) {
        Set<String> active = evidence.replicas().active().stream()
                .map(dev.plimsoll.operator.replicas.Replica::uid)
                .collect(Collectors.toSet());
        Replicas judge = new Replicas(desired.specHash(), config.stale(), evidence.now());
        return StatusFactory.of(new Observation(
                evidence.spec(),
                evidence.generation(),
                evidence.selector(),
                evidence.url(),
                blocked(evidence),
                owned.stream()
                        .filter(pod -> active.contains(pod.getMetadata().getUid()))
                        .map(pod -> judge.of(pod, heard(pod)))
                        .toList(),
                evidence.replicas().leaving().size(),
                evidence.previous(),
                evidence.now()));
    }

    private Optional<Heard> heard(Pod pod) {
        return reports.known(pod.getMetadata().getUid()) instanceof KnownReport.Fresh(var report, var at)
                ? Optional.of(new Heard(report, at, at))
                : Optional.empty();
    }

    private static @Nullable Failure blocked(Evidence evidence) {
        return Stream.of(
                        Optional.ofNullable(evidence.source()),
                        evidence.applyFailures().stream().findFirst().map(Judge::failure),
                        Optional.ofNullable(evidence.deployment().replicaFailure())
                                .map(words -> Failure.of(Reason.PodsRejected, "the pods cannot be made: " + words)))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
    }

    private static Failure failure(ApplyFailure failure) {
        return Failure.of(
                Reason.PodsRejected,
                failure.kind() + " " + failure.name() + " cannot be applied: " + failure.message());
    }

    /** What stands, with every condition unknown because of what was thrown. */
    static Optional<ModelDeploymentStatus> unknown(
            ModelDeployment model, @Nullable ModelDeploymentStatus standing, Exception thrown, Instant now) {
        return Optional.ofNullable(standing)
                .map(said -> new ModelDeploymentStatus(
                        model.getMetadata().getGeneration(),
                        said.replicas(),
                        said.readyReplicas(),
                        said.updatedReplicas(),
                        said.terminatingReplicas(),
                        said.reachedReplicas(),
                        said.selector(),
                        said.url(),
                        said.summary(),
                        said.model(),
                        said.plan(),
                        said.pods(),
                        said.hiddenPods(),
                        said.failedPods(),
                        said.conditions().stream()
                                .map(condition -> unknown(model, condition, thrown, now))
                                .toList()))
                .filter(status -> !status.equals(standing));
    }

    private static Condition unknown(ModelDeployment model, Condition said, Exception thrown, Instant now) {
        return new Condition(
                said.type(),
                ConditionStatus.Unknown,
                new Reason("ReconcileFailed"),
                "the operator failed to judge this deployment, its log says more: " + SingleLine.of(thrown.toString()),
                model.getMetadata().getGeneration(),
                said.status() == ConditionStatus.Unknown
                        ? said.lastTransitionTime()
                        : now.truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
