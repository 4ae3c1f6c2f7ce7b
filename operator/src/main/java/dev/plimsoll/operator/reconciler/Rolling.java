package dev.plimsoll.operator.reconciler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plimsoll.api.ModelDeployment;
import dev.plimsoll.api.ModelDeploymentSpec;
import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.PlanningReport;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.ModelFacts;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.api.status.RolloutPhase;
import dev.plimsoll.api.status.RolloutStatus;
import dev.plimsoll.operator.desired.ActiveRevision;
import dev.plimsoll.operator.judgement.ApplyFailure;
import dev.plimsoll.operator.nodes.Gpus;
import dev.plimsoll.operator.rollout.Adoption;
import dev.plimsoll.operator.rollout.Attempt;
import dev.plimsoll.operator.rollout.Change;
import dev.plimsoll.operator.rollout.Plan;
import dev.plimsoll.operator.rollout.Revision;
import dev.plimsoll.operator.rollout.RolloutState;
import dev.plimsoll.operator.rollout.Strategy;
import dev.plimsoll.operator.rollout.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of going on with a change.
 *
 * @param active what pods are to be made from; empty while there are to be none
 * @param served what those pods are to serve, with as many replicas as are asked for now
 * @param again when there is more to be done, if nothing else happens before
 */
record Rolling(
        RolloutState state,
        Optional<Revision> active,
        boolean holds,
        ModelDeploymentSpec served,
        List<ApplyFailure> failures,
        Optional<Duration> again) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What an Event of a pod that waits warns of wakes nobody. */
    private static final Duration PLANNER_WAITS = Duration.ofSeconds(10);

    /** The spec asks for nothing that this operator can make pods from. */
    static Rolling unmade(ModelDeployment model, Optional<Revision> standing) {
        return new Rolling(
                state(
                        RolloutPhase.Refused,
                        false,
                        standing,
                        "this operator makes no pods of the spec as it is",
                        null,
                        null,
                        null),
                standing,
                false,
                served(model, standing, false),
                List.of(),
                Optional.empty());
    }

    static Rolling of(ModelDeployment model, Change change, Verdict verdict, Planners.Seen planner, Gpus gpus) {
        Optional<Revision> active = verdict.active();
        boolean served = active.filter(change::isAsAsked).isPresent();
        Failure refusal = verdict.refusal();
        return new Rolling(
                state(
                        verdict.phase(),
                        served,
                        active,
                        verdict.message(),
                        refusal == null ? null : ofCluster(refusal, gpus),
                        planner,
                        change.attempt() instanceof Attempt.Broken(String words, Instant ignored) ? words : null),
                active,
                verdict.holds(),
                served(model, active, served),
                List.of(),
                Optional.ofNullable(verdict.again())
                        .map(again -> atLeast(Duration.between(change.now(), again)))
                        .or(() -> change.attempt() instanceof Attempt.Running
                                        && verdict.step() instanceof Verdict.Step.Plan
                                ? Optional.of(PLANNER_WAITS)
                                : Optional.empty()));
    }

    /** A GPU that is too small though nothing else limits it, is one that the cluster does not have. */
    private static Failure ofCluster(Failure refusal, Gpus gpus) {
        return gpus.areKnown() && refusal.reason().equals(Reason.GpuBudgetTooSmall)
                ? Failure.of(
                        refusal.reason(),
                        refusal.message() + " (the largest GPU that the pods may have: " + gpus.words() + ")")
                : refusal;
    }

    private static Duration atLeast(Duration wait) {
        return wait.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : wait;
    }

    private static RolloutState state(
            RolloutPhase phase,
            boolean served,
            Optional<Revision> active,
            String message,
            @Nullable Failure refusal,
            Planners.@Nullable Seen planner,
            @Nullable String broken) {
        return new RolloutState(
                phase,
                served,
                active.flatMap(revision ->
                                Optional.ofNullable(revision.history().begun()))
                        .map(begun -> begun.strategy().toString())
                        .orElse(null),
                message,
                refusal,
                planner == null ? null : planner.pod(),
                planner == null ? null : planner.obstacle(),
                broken,
                active.map(Revision::image).orElse(null),
                active.map(Revision::key).orElse(null),
                active.map(Revision::generation).orElse(0L),
                active.flatMap(revision ->
                                Optional.ofNullable(revision.history().plan()))
                        .filter(plan -> plan.outcome() == Plan.Outcome.FITS)
                        .map(Plan::report)
                        .orElse((PlanningReport) null));
    }

    private static ModelDeploymentSpec served(ModelDeployment model, Optional<Revision> active, boolean asAsked) {
        if (asAsked) {
            return model.getSpec();
        }
        return active.flatMap(revision -> Adoption.spec(revision.template()))
                .map(spec -> scaled(spec, model.getSpec()))
                .orElse(model.getSpec());
    }

    private static ModelDeploymentSpec scaled(ModelDeploymentSpec spec, ModelDeploymentSpec asked) {
        try {
            ObjectNode whole = JSON.valueToTree(spec);
            whole.put("replicas", asked.replicas()).put("suspend", asked.suspend());
            return JSON.treeToValue(whole, ModelDeploymentSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What servers of the wanted revision's source say that the checkpoint is; null where none does. */
    static @Nullable String checkpoint(
            Optional<Revision> standing, Revision wanted, @Nullable ModelDeploymentStatus status) {
        boolean same = standing.flatMap(revision -> Adoption.spec(revision.template()))
                .flatMap(serving -> Adoption.spec(wanted.template())
                        .filter(asked ->
                                asked.model().uri().equals(serving.model().uri())))
                .isPresent();
        return same && status != null
                ? Optional.ofNullable(status.model())
                        .map(ModelFacts::checkpoint)
                        .map(ModelFacts.CheckpointFacts::revision)
                        .orElse(null)
                : null;
    }

    static @Nullable Instant pausedSince(@Nullable ModelDeploymentStatus status) {
        RolloutStatus rollout = status == null ? null : status.rollout();
        if (rollout == null || !rollout.phase().equals(RolloutPhase.Paused) || rollout.since() == null) {
            return null;
        }
        try {
            return Instant.parse(rollout.since());
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** What the Deployment is made from. */
    Optional<ActiveRevision> desired() {
        return active.map(revision -> new ActiveRevision(
                revision.template(),
                revision.history().begun() != null && revision.history().begun().strategy() == Strategy.SURGE,
                holds));
    }

    Rolling waits(ApplyFailure failure, Duration wait) {
        return new Rolling(state, active, holds, served, List.of(failure), Optional.of(wait));
    }

    Rolling again(Duration wait) {
        return new Rolling(state, active, holds, served, failures, Optional.of(wait));
    }
}
