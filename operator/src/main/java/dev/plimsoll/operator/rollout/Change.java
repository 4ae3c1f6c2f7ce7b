package dev.plimsoll.operator.rollout;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.RolloutPhase;
import dev.plimsoll.operator.rollout.Verdict.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a deployment stands and where it is to go. Everything in it stands in the cluster, so that an operator which was
 * killed at any moment, and the next one, come to the same verdict.
 *
 * @param standing what the Deployment's pods are made from; empty where there is no Deployment
 * @param wanted what the spec and its policy ask for
 * @param kept every revision that is kept, the wanted one among them
 * @param upgrade whether only the image differs, and nobody but a newer operator asks for it
 * @param checkpoint digest of the checkpoint as servers of the same source report it; null where none does
 * @param pausedSince since when the status says that the rollout is paused; null where it does not
 * @param gpus what GPUs a plan made now would be told of
 * @param atOnce how many deployments may be upgraded at once
 */
public record Change(
        Optional<Revision> standing,
        Revision wanted,
        List<Revision> kept,
        Policy policy,
        boolean upgrade,
        Attempt attempt,
        @Nullable String checkpoint,
        @Nullable Instant pausedSince,
        String gpus,
        Fleet others,
        int atOnce,
        Instant now) {
    private static final Duration TURN_AGAIN = Duration.ofSeconds(5);

    /** So long a plan is believed though no server vouches for its checkpoint. */
    private static final Duration PLAN_LASTS = Duration.ofMinutes(10);

    /**
     * Whether a revision is what the spec asks for: its digest, and its image where the spec names one. An image that only a
     * newer operator would rather have is not asked for.
     */
    public boolean isAsAsked(Revision revision) {
        return revision.digest().equals(wanted.digest())
                && (policy.image() == null || policy.image().equals(revision.image()));
    }

    public Verdict verdict() {
        if (wanted.hasFailed()) {
            return failed(Objects.requireNonNull(wanted.history().failed()));
        }
        History.Begun begun = wanted.history().begun();
        if (begun != null) {
            return rollingOut(begun);
        }
        if (upgrade && wanted.history().turn() == null) {
            return waiting();
        }
        Plan plan = wanted.history().plan();
        if (plan == null || isOutdated(plan)) {
            return planning(plan);
        }
        return plan.outcome() == Plan.Outcome.REFUSED ? refused(plan) : planned();
    }

    private Verdict failed(History.Failed how) {
        Optional<Revision> back = target().filter(to -> policy.rollsBack());
        if (back.isPresent()) {
            return verdict(back, false, new Step.Wait(), RolloutPhase.RolledBack, how.why(), null);
        }
        Optional<Revision> stands = standing.or(() -> Optional.of(wanted));
        boolean elsewhere = stands.filter(revision -> !revision.is(wanted)).isPresent();
        return verdict(
                stands,
                !elsewhere,
                new Step.Wait(),
                elsewhere ? RolloutPhase.RolledBack : RolloutPhase.Failed,
                how.why(),
                null);
    }

    /** The last revision that was Ready, beside the one that failed. */
    private Optional<Revision> target() {
        return kept.stream()
                .filter(revision -> !revision.is(wanted) && revision.history().ready() != null && !revision.isRefused())
                .max(Comparator.comparing((Revision revision) ->
                                Objects.requireNonNull(revision.history().ready()))
                        .thenComparing(Revision::number));
    }

    private Verdict rollingOut(History.Begun begun) {
        Optional<Revision> active = Optional.of(wanted);
        if (wanted.isComplete()) {
            return verdict(active, false, new Step.Wait(), RolloutPhase.Complete, begun.why(), null);
        }
        if (policy.paused()) {
            return verdict(
                    active,
                    true,
                    new Step.Wait(),
                    RolloutPhase.Paused,
                    "rollout.paused is set: pods that were replaced stay so, no further one is",
                    null);
        }
        if (pausedSince != null && begun.last().isBefore(pausedSince)) {
            return verdict(active, false, new Step.Resume(), RolloutPhase.RollingOut, begun.why(), null);
        }
        Instant deadline = begun.last().plus(policy.deadline());
        if (!deadline.isAfter(now)) {
            return verdict(
                    active,
                    true,
                    new Step.Fail("it has come no further for "
                            + policy.deadline().toSeconds() + " s (rollout.progressDeadlineSeconds)"),
                    RolloutPhase.RollingOut,
                    begun.why(),
                    null);
        }
        return verdict(active, false, new Step.Wait(), RolloutPhase.RollingOut, begun.why(), deadline);
    }

    private Verdict waiting() {
        if (others.upgrading().size() < atOnce) {
            return stays(new Step.TakeTurn(), RolloutPhase.Waiting, "its turn has come", now.plus(TURN_AGAIN));
        }
        return stays(
                new Step.Wait(),
                RolloutPhase.Waiting,
                "server image " + wanted.image() + " is rolled out to " + atOnce + " at a time: "
                        + others.upgrading().getFirst() + " goes first",
                now.plus(TURN_AGAIN));
    }

    private boolean isOutdated(Plan plan) {
        return plan.outcome() == Plan.Outcome.REFUSED
                ? !plan.again().isAfter(now) || !plan.gpus().equals(gpus)
                : !policy.paused() && !plan.at().plus(PLAN_LASTS).isAfter(now) && !plan.isOf(checkpoint);
    }

    /** Another try of what was refused goes on behind what is said of it. */
    private Verdict planning(@Nullable Plan before) {
        Plan refused = before != null && before.outcome() == Plan.Outcome.REFUSED ? before : null;
        Step step =
                switch (attempt) {
                    case Attempt.None ignored -> new Step.Plan();
                    case Attempt.Running ignored -> new Step.Plan();
                    case Attempt.Broken(String words, Instant again) ->
                        again.isAfter(now) ? new Step.Wait() : new Step.Plan();
                    case Attempt.Told told -> new Step.Keep(plan(told, refused));
                    case Attempt.Unable ignored -> new Step.Keep(new Plan(Plan.Outcome.NOT_MADE, now, gpus, 0, null));
                };
        Instant again = attempt instanceof Attempt.Broken broken ? broken.again() : null;
        if (refused != null) {
            return stays(
                    step,
                    RolloutPhase.Refused,
                    words(refused),
                    again,
                    refused.refusal().orElse(null));
        }
        String words = attempt instanceof Attempt.Broken(String why, Instant ignored)
                ? why
                : "it is planned from the checkpoint's headers";
        return stays(step, RolloutPhase.Planning, words, again);
    }

    private Plan plan(Attempt.Told told, @Nullable Plan before) {
        return new Plan(
                told.report().failure() == null ? Plan.Outcome.FITS : Plan.Outcome.REFUSED,
                now,
                told.gpus(),
                before == null ? 1 : before.times() + 1,
                told.report());
    }

    private Verdict refused(Plan plan) {
        return stays(
                new Step.Wait(),
                RolloutPhase.Refused,
                words(plan),
                plan.again(),
                plan.refusal().orElse(null));
    }

    private static String words(Plan plan) {
        return plan.refusal().map(Failure::message).orElse("its plan does not fit");
    }

    private Verdict planned() {
        return policy.paused()
                ? stays(
                        new Step.Wait(),
                        RolloutPhase.Paused,
                        "it is planned and fits; rollout.paused keeps pods as they are",
                        null)
                : stays(new Step.Begin(), RolloutPhase.Planning, "it is planned and fits", null);
    }

    private static Verdict verdict(
            Optional<Revision> active,
            boolean holds,
            Step step,
            RolloutPhase phase,
            String message,
            @Nullable Instant again) {
        return new Verdict(active, holds, step, phase, message, null, again);
    }

    private Verdict stays(Step step, RolloutPhase phase, String message, @Nullable Instant again) {
        return stays(step, phase, message, again, null);
    }

    /** Pods stay as they are; a rollout that has failed is not taken up again for that. */
    private Verdict stays(
            Step step, RolloutPhase phase, String message, @Nullable Instant again, @Nullable Failure refusal) {
        boolean holds = standing.filter(Revision::hasFailed).isPresent();
        return new Verdict(standing, holds, step, phase, message, refusal, again);
    }
}
