package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.judgement.Row.Case;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Rows about servers that cannot serve, and about those that serve otherwise than specified. */
final class Failures {
    private static final List<Reason> REFUSALS = List.of(
            Reason.GpuBudgetTooSmall,
            Reason.HostBudgetTooSmall,
            Reason.NoGpu,
            Reason.SequenceTooLong,
            Reason.InvalidPlacement);

    private static final Set<Reason> UNUSABLE = Set.of(
            Reason.ModelNotFound,
            Reason.InvalidCheckpoint,
            Reason.UnsafeFormat,
            Reason.UnsupportedModel,
            Reason.UnsupportedConfig,
            Reason.UnknownValue);

    private Failures() {}

    /** Why a plan does not fit. */
    static Reason[] refusals() {
        return REFUSALS.toArray(Reason[]::new);
    }

    static boolean isRefusal(Reason reason) {
        return REFUSALS.contains(reason);
    }

    static Optional<Case> refusal(Facts facts) {
        return failure(facts, REFUSALS::contains);
    }

    static Optional<Case> unusable(Facts facts) {
        return failure(facts, UNUSABLE::contains);
    }

    static Optional<Case> killedForMemory(Facts facts) {
        return failure(facts, Reason.HostOutOfMemory::equals);
    }

    static Optional<Case> ended(Facts facts) {
        return failure(
                facts,
                reason -> !REFUSALS.contains(reason)
                        && !UNUSABLE.contains(reason)
                        && !reason.equals(Reason.HostOutOfMemory));
    }

    static Optional<Case> misplaced(Facts facts) {
        Finding placed = PlacementSatisfied.of(facts);
        return placed.isFalse()
                ? Optional.of(new Case(
                        placed.reason(), placed.message(), facts.standing().unreadySince()))
                : Optional.empty();
    }

    static Optional<Case> overBudget(Facts facts) {
        Finding within = WithinMemoryBudget.of(facts);
        return within.isFalse()
                ? Optional.of(new Case(
                        within.reason(), within.message(), facts.standing().unreadySince()))
                : Optional.empty();
    }

    private static Optional<Case> failure(Facts facts, Predicate<Reason> which) {
        return facts.first(sight ->
                        sight.failure() != null && which.test(sight.failure().reason()))
                .map(sight -> {
                    Failure failure = Objects.requireNonNull(sight.failure());
                    return new Case(failure.reason(), failure.message(), since(sight, facts));
                });
    }

    /** One end may be a mishap: what is no loop yet has as long as a first start. */
    private static Instant since(Sight sight, Facts facts) {
        Instant since = facts.standing().unreadySince();
        Reason reason = Objects.requireNonNull(sight.failure()).reason();
        boolean mayPass = !REFUSALS.contains(reason) && !UNUSABLE.contains(reason);
        return mayPass && sight.replica().restarts() < Patience.LOOP
                ? since.plus(Patience.START).minus(Patience.CRASH_LOOP)
                : since;
    }
}
