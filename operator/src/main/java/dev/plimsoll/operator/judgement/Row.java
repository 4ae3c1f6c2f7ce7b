package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A line of the table: what is seen, and what follows from it.
 *
 * @param seen in words
 * @param reasons that it may give; empty where others choose the word
 * @param ready what Ready then is, unless it has stalled
 * @param tells the conditions beside Ready that are False for the same reason
 * @param course whether something is on its way
 * @param patience how long; null where nothing is on its way
 * @param scales whether Ready stays True for it while a scale-up goes on
 * @param bySteps whether a step on the way ends a stall
 * @param match finds it in the facts
 */
record Row(
        String seen,
        List<Reason> reasons,
        ConditionStatus ready,
        Set<ConditionType> tells,
        Course course,
        @Nullable Duration patience,
        boolean scales,
        boolean bySteps,
        Function<Facts, Optional<Case>> match) {

    /** Where things go. */
    enum Course {
        /** Nothing is on its way, and nothing need be. */
        DONE,
        /** Something is on its way: Reconciling until patience ends, then Stalled. */
        ON_ITS_WAY,
        /** Something is on its way that nobody waits for: Reconciling, never Stalled. */
        ENDING
    }

    /**
     * A row that holds.
     *
     * @param since when it began, as far as the status remembers
     */
    record Case(Reason reason, String message, Instant since) {}

    /** A row that holds, and how. */
    record Hit(Row row, Case what) {}

    static Row no(String seen, Duration patience, Function<Facts, Optional<Case>> match, Reason... reasons) {
        return new Row(
                seen,
                List.of(reasons),
                ConditionStatus.False,
                Set.of(),
                Course.ON_ITS_WAY,
                patience,
                false,
                false,
                match);
    }

    static Row unknown(String seen, Duration patience, Function<Facts, Optional<Case>> match, Reason... reasons) {
        return new Row(
                seen,
                List.of(reasons),
                ConditionStatus.Unknown,
                Set.of(),
                Course.ON_ITS_WAY,
                patience,
                false,
                false,
                match);
    }

    static Row yes(String seen, Course course, Function<Facts, Optional<Case>> match, Reason... reasons) {
        return new Row(seen, List.of(reasons), ConditionStatus.True, Set.of(), course, null, false, false, match);
    }

    Row telling(ConditionType... types) {
        return new Row(seen, reasons, ready, Set.of(types), course, patience, scales, bySteps, match);
    }

    Row scaling() {
        return new Row(seen, reasons, ready, tells, course, patience, true, bySteps, match);
    }

    Row stepping() {
        return new Row(seen, reasons, ready, tells, course, patience, scales, true, match);
    }

    Row yesWithin(Duration limit) {
        return new Row(seen, reasons, ConditionStatus.True, tells, Course.ON_ITS_WAY, limit, scales, bySteps, match);
    }

    Optional<Hit> in(Facts facts) {
        return match.apply(facts).map(what -> new Hit(this, what));
    }
}
