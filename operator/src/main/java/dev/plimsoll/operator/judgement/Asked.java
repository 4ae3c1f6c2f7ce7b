package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.judgement.Row.Case;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Rows about what was asked for, and about the objects that were made of it. */
final class Asked {
    private static final Comparator<ApplyFailure> ORDER =
            Comparator.comparing(ApplyFailure::kind).thenComparing(ApplyFailure::name);

    private Asked() {}

    static Optional<Case> unknownValue(Facts facts) {
        List<String> unknown = facts.spec().unknownValues();
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of(new Case(
                        Reason.UnknownValue,
                        "this operator does not know " + String.join(", ", unknown)
                                + ": run an operator of the version that brought it, or choose another value",
                        facts.standing().unreadySince()));
    }

    static Optional<Case> source(Facts facts) {
        var source = facts.evidence().source();
        return source == null || (facts.isServed() && facts.wanted() > 0 && facts.allServe())
                ? Optional.empty()
                : Optional.of(new Case(
                        source.reason(), source.message(), facts.standing().unreadySince()));
    }

    static Optional<Case> deploymentRefused(Facts facts) {
        return failure(facts, failure -> !failure.retryable() && failure.concernsPods())
                .map(failure -> told(failure, facts.standing().unreadySince()));
    }

    static Optional<Case> otherRefused(Facts facts) {
        return failure(facts, failure -> !failure.retryable() && !failure.concernsPods())
                .map(failure -> told(failure, facts.standing().unreadySince()));
    }

    static Optional<Case> failingWhileUnready(Facts facts) {
        return facts.allServe()
                ? Optional.empty()
                : failure(facts, ApplyFailure::retryable)
                        .map(failure -> told(failure, facts.standing().unreadySince()));
    }

    static Optional<Case> failingWhileReady(Facts facts) {
        return facts.allServe()
                ? failure(facts, ApplyFailure::retryable)
                        .map(failure -> told(failure, since(facts, failure.reason())))
                        .map(what -> new Case(what.reason(), Ways.serve(facts) + "; " + what.message(), what.since()))
                : Optional.empty();
    }

    static Optional<Case> scaledToZeroWithPods(Facts facts) {
        long pods = (long) facts.all().size() + facts.ending().size();
        return facts.wanted() > 0 || pods == 0
                ? Optional.empty()
                : Optional.of(new Case(
                        none(facts),
                        asksForNone(facts) + "; " + Words.pods(pods) + " still " + Words.verb(pods, "ends", "end")
                                + Ways.stuck(facts),
                        facts.now()));
    }

    static Optional<Case> scaledToZero(Facts facts) {
        return facts.wanted() > 0
                ? Optional.empty()
                : Optional.of(new Case(none(facts), asksForNone(facts) + Ways.stuck(facts), facts.now()));
    }

    static Reason none(Facts facts) {
        return facts.spec().suspended() ? Reason.Suspended : Reason.ScaledToZero;
    }

    static String asksForNone(Facts facts) {
        int later = facts.spec().replicas();
        return facts.spec().suspended()
                ? "suspended: the GPUs are given back; " + later + Words.verb(later, " replica comes", " replicas come")
                        + " back when spec.suspend is false"
                : "no replica is asked for";
    }

    /** A setting of the operator was changed, or the claim deleted, under pods that serve: they stay. */
    static Optional<Case> sourceLost(Facts facts) {
        var source = facts.evidence().source();
        return source != null && facts.wanted() > 0 && facts.allServe()
                ? Optional.of(new Case(
                        source.reason(),
                        Ways.serve(facts) + " and stay, though no other could be made: " + source.message(),
                        facts.standing().unreadySince()))
                : Optional.empty();
    }

    /** Since when it is being tried again, as the condition that says so remembers. */
    private static Instant since(Facts facts, Reason reason) {
        return facts.standing()
                .condition(ConditionType.Reconciling)
                .filter(standing -> standing.status() == ConditionStatus.True
                        && standing.reason().equals(reason))
                .map(Condition::lastTransitionTime)
                .map(facts.standing()::time)
                .orElse(facts.now());
    }

    private static Optional<ApplyFailure> failure(Facts facts, Predicate<ApplyFailure> which) {
        return facts.evidence().applyFailures().stream().filter(which).min(ORDER);
    }

    private static Case told(ApplyFailure failure, Instant since) {
        return new Case(
                failure.reason(),
                failure.kind() + " " + failure.name() + " cannot be applied: " + Text.line(failure.message(), 1500),
                since);
    }
}
