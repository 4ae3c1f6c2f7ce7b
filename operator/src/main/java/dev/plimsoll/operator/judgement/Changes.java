package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.api.status.RolloutPhase;
import dev.plimsoll.api.status.RolloutStatus;
import dev.plimsoll.operator.judgement.Row.Case;
import dev.plimsoll.operator.rollout.RolloutState;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows about a change that has not reached the pods, and what the status says of the last one. */
final class Changes {
    private static final int LONGEST = 1500;

    private Changes() {}

    static Optional<Case> refused(Facts facts) {
        return refusal(facts)
                .filter(failure -> Failures.isRefusal(failure.reason()))
                .map(failure -> told(facts, failure));
    }

    static Optional<Case> unusable(Facts facts) {
        return refusal(facts)
                .filter(failure -> !Failures.isRefusal(failure.reason()))
                .map(failure -> told(facts, failure));
    }

    /** What only another image does not fit is served as it is asked for. */
    private static Optional<Failure> refusal(Facts facts) {
        return facts.isServed()
                ? Optional.empty()
                : Optional.ofNullable(facts.evidence().rollout().refusal()).map(Account::cleaned);
    }

    private static Case told(Facts facts, Failure failure) {
        String serves = serving(facts);
        String what = Failures.isRefusal(failure.reason()) ? " does not fit: " : " cannot be served: ";
        return new Case(
                failure.reason(),
                serves.isEmpty()
                        ? failure.message()
                        : serves + "; generation " + facts.evidence().generation() + what + failure.message(),
                facts.standing().unreadySince());
    }

    static Optional<Case> failed(Facts facts) {
        RolloutState rollout = facts.evidence().rollout();
        if (rollout.phase().equals(RolloutPhase.RolledBack) && !facts.isServed()) {
            return Optional.of(new Case(
                    Reason.RolloutFailed,
                    "generation " + facts.evidence().generation() + " was rolled out and undone: "
                            + Text.line(rollout.message(), LONGEST) + servesOn(facts),
                    facts.standing().unreadySince()));
        }
        return isHeld(facts) && rollout.phase().equals(RolloutPhase.Failed) && !facts.allServe()
                ? Optional.of(new Case(
                        Reason.RolloutFailed,
                        "the rollout has stopped: " + Text.line(rollout.message(), LONGEST) + "; " + facts.serving()
                                + " of " + facts.wanted() + " replicas of this spec serve" + why(facts),
                        facts.standing().unreadySince()))
                : Optional.empty();
    }

    /** What the first replica that does not serve says. */
    private static String why(Facts facts) {
        return facts.first(sight -> sight.failure() != null)
                .map(sight ->
                        ": " + Text.line(Objects.requireNonNull(sight.failure()).message(), LONGEST))
                .orElse("");
    }

    static Optional<Case> unplanned(Facts facts) {
        String broken = facts.evidence().rollout().broken();
        return facts.isServed() || broken == null
                ? Optional.empty()
                : Optional.of(new Case(
                        Reason.PlanFailed,
                        Text.line(broken, LONGEST) + servesOn(facts),
                        facts.standing().unreadySince()));
    }

    static Optional<Case> paused(Facts facts) {
        RolloutState rollout = facts.evidence().rollout();
        return rollout.phase().equals(RolloutPhase.Paused) && !(facts.isServed() && facts.allServe())
                ? Optional.of(new Case(
                        Reason.Paused,
                        rollout.message() + servesOn(facts),
                        facts.standing().unreadySince()))
                : Optional.empty();
    }

    static Optional<Case> planning(Facts facts) {
        return facts.isServed()
                ? Optional.empty()
                : Optional.of(new Case(
                        Reason.Planning,
                        "generation " + facts.evidence().generation() + ": "
                                + facts.evidence().rollout().message() + servesOn(facts),
                        facts.standing().unreadySince()));
    }

    /** Whether the operator itself keeps the Deployment from replacing pods. */
    static boolean isHeld(Facts facts) {
        RolloutPhase phase = facts.evidence().rollout().phase();
        return phase.equals(RolloutPhase.Failed) || phase.equals(RolloutPhase.Paused) || !facts.isServed();
    }

    /** What goes on meanwhile, as the end of a sentence. */
    static String servesOn(Facts facts) {
        String serves = serving(facts);
        return serves.isEmpty() ? "" : "; " + serves;
    }

    /** Empty where the pods are made from what is asked for, or there are none. */
    private static String serving(Facts facts) {
        if (facts.isServed() || facts.evidence().rollout().revision() == null) {
            return "";
        }
        Long generation = servingGeneration(facts);
        return (generation == null ? "what served before" : "generation " + generation) + " serves on with "
                + facts.serving() + " of " + facts.wanted() + " replicas";
    }

    /** Remembered by the status; where that is lost, the one that the revision was first made for. */
    private static @Nullable Long servingGeneration(Facts facts) {
        RolloutState rollout = facts.evidence().rollout();
        String revision = rollout.revision();
        if (revision == null) {
            return null;
        }
        if (facts.isServed()) {
            return facts.evidence().generation();
        }
        return standing(facts)
                .filter(stood -> revision.equals(stood.revision()) && stood.servingGeneration() != null)
                .map(RolloutStatus::servingGeneration)
                .or(() -> Optional.of(rollout.generation()).filter(generation -> generation > 0))
                .orElse(null);
    }

    static RolloutStatus status(Facts facts) {
        RolloutState rollout = facts.evidence().rollout();
        RolloutPhase phase = phase(facts);
        return new RolloutStatus(
                phase,
                reason(rollout, phase),
                rollout.strategy(),
                Text.line(message(facts), LONGEST),
                servingGeneration(facts),
                rollout.image() == null ? null : Text.line(rollout.image(), 512),
                rollout.revision(),
                standing(facts)
                        .filter(stood -> stood.phase().equals(phase) && stood.since() != null)
                        .map(RolloutStatus::since)
                        .orElseGet(() ->
                                facts.now().truncatedTo(ChronoUnit.SECONDS).toString()));
    }

    /** It is complete as soon as every replica serves; that it was is written down after that. */
    private static RolloutPhase phase(Facts facts) {
        RolloutPhase phase = facts.evidence().rollout().phase();
        boolean open = phase.equals(RolloutPhase.RollingOut) || phase.equals(RolloutPhase.Failed);
        return open && facts.isServed() && facts.allServe() && facts.all().size() <= facts.wanted()
                ? RolloutPhase.Complete
                : phase;
    }

    private static @Nullable Reason reason(RolloutState rollout, RolloutPhase phase) {
        if (rollout.refusal() != null) {
            return Account.cleaned(rollout.refusal()).reason();
        }
        if (rollout.broken() != null) {
            return Reason.PlanFailed;
        }
        if (rollout.obstacle() != null) {
            return Pods.reason(rollout.obstacle());
        }
        return phase.equals(RolloutPhase.Failed) || phase.equals(RolloutPhase.RolledBack) ? Reason.RolloutFailed : null;
    }

    private static String message(Facts facts) {
        RolloutState rollout = facts.evidence().rollout();
        return rollout.obstacle() != null && rollout.planner() != null
                ? Pods.words(facts, rollout.planner(), rollout.obstacle())
                : rollout.message();
    }

    private static Optional<RolloutStatus> standing(Facts facts) {
        return facts.standing().status().flatMap(status -> Optional.ofNullable(status.rollout()));
    }
}
