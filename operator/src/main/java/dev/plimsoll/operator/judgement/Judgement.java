package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.judgement.Row.Case;
import dev.plimsoll.operator.judgement.Row.Hit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What follows from evidence. The same evidence in any order gives the same judgement.
 *
 * @param status what the status should say
 * @param serving replicas of what the pods are made from, that serve
 * @param lookAgain when time alone changes it, if nothing else happens before; null where time changes nothing
 */
public record Judgement(
        ModelDeploymentStatus status,
        long serving,
        @Nullable Instant lookAgain) {
    public static Judgement of(Evidence evidence) {
        Facts facts = new Facts(evidence);
        List<Hit> hits = Table.hits(facts);
        Course course = new Course(facts, hits.getFirst());
        return new Judgement(
                Bounds.within(StatusFactory.of(facts, conditions(facts, hits, course))),
                facts.serving(),
                soonest(facts, course.lookAgain()));
    }

    /** Silence that is about to mean something changes a status, too. */
    private static @Nullable Instant soonest(Facts facts, @Nullable Instant lookAgain) {
        return Stream.concat(
                        Optional.ofNullable(lookAgain).stream(),
                        facts.current().stream()
                                .flatMap(sight -> Optional.ofNullable(sight.silentFrom()).stream())
                                .filter(begin -> begin.isAfter(facts.now())))
                .min(Instant::compareTo)
                .orElse(null);
    }

    private static List<Condition> conditions(Facts facts, List<Hit> hits, Course course) {
        Stamp stamp = new Stamp(facts);
        List<Condition> conditions = new ArrayList<>();
        conditions.add(stamp.condition(ConditionType.Ready, course.ready()));
        conditions.add(stamp.condition(
                ConditionType.Fits, told(hits, ConditionType.Fits).orElseGet(() -> Fits.of(facts))));
        conditions.add(stamp.condition(ConditionType.Progressing, course.progressing()));
        conditions.add(stamp.condition(ConditionType.Available, available(facts)));
        conditions.add(stamp.condition(ConditionType.ModelLoaded, loaded(facts, hits)));
        conditions.add(stamp.condition(ConditionType.PlacementSatisfied, PlacementSatisfied.of(facts)));
        conditions.add(stamp.condition(
                ConditionType.WithinMemoryBudget,
                told(hits, ConditionType.WithinMemoryBudget).orElseGet(() -> WithinMemoryBudget.of(facts))));
        course.reconciling().ifPresent(finding -> conditions.add(stamp.condition(ConditionType.Reconciling, finding)));
        course.stalled().ifPresent(finding -> conditions.add(stamp.condition(ConditionType.Stalled, finding)));
        return conditions;
    }

    /** What keeps a replica from loading is no answer where all that are wanted hold the model. */
    private static Finding loaded(Facts facts, List<Hit> hits) {
        Finding reported = ModelLoaded.of(facts);
        if (reported.status() == ConditionStatus.True) {
            return reported;
        }
        if (told(hits, ConditionType.Fits).isPresent() && facts.wanted() > 0) {
            return Finding.no(Reason.NotLoaded, "nothing was read, because the plan does not fit");
        }
        return told(hits, ConditionType.ModelLoaded).orElse(reported);
    }

    private static Finding available(Facts facts) {
        long ready =
                facts.all().stream().filter(sight -> sight.replica().ready()).count();
        if (ready > 0) {
            return Finding.yes(
                    Reason.MinimumReplicas,
                    Words.pods(ready) + " " + Words.verb(ready, "answers", "answer") + " requests");
        }
        return facts.wanted() == 0
                ? Finding.no(Asked.none(facts), Asked.asksForNone(facts))
                : Finding.no(Reason.NoReplica, "no replica answers");
    }

    private static Optional<Finding> told(List<Hit> hits, ConditionType type) {
        return hits.stream()
                .filter(hit -> hit.row().tells().contains(type))
                .findFirst()
                .map(hit -> Finding.no(hit.what().reason(), hit.what().message()));
    }

    /** Where things go by the first row that holds: done, on their way, or stalled. */
    private static final class Course {
        private final Facts facts;
        private final Row row;
        private final Case what;
        private final boolean stalled;

        Course(Facts facts, Hit first) {
            this.facts = facts;
            this.row = first.row();
            this.what = first.what();
            this.stalled = isStalled();
        }

        /**
         * What has stalled for a reason is so until that reason is gone, though its pods come and go; what goes on by
         * steps has recovered with the next one.
         */
        private boolean isStalled() {
            if (row.patience() == null) {
                return false;
            }
            boolean stood = facts.standing().says(ConditionType.Stalled, ConditionStatus.True, what.reason());
            return (stood && !row.bySteps())
                    || !what.since().plus(row.patience()).isAfter(facts.now());
        }

        @Nullable
        Instant lookAgain() {
            if (row.course() == Row.Course.ENDING) {
                return facts.ending().stream()
                        .map(pod -> facts.leavingSince(pod).plus(Patience.ENDING))
                        .min(Instant::compareTo)
                        .orElse(null);
            }
            if (stalled || row.patience() == null) {
                return null;
            }
            Instant end = what.since().plus(row.patience());
            Instant soon = facts.now().plus(Patience.FIRST_READINESS);
            return what.reason().equals(Reason.WarmingUp) && soon.isBefore(end) ? soon : end;
        }

        Finding ready() {
            if (row.scales() && facts.isScalingUp() && !stalled) {
                long more = facts.wanted() - facts.serving();
                return Finding.yes(
                        Reason.ScalingUp,
                        facts.serving() + " of " + facts.wanted() + " replicas serve as specified, " + more
                                + Words.verb(more, " is", " are") + " on the way: " + what.message());
            }
            ConditionStatus status =
                    stalled && row.ready() == ConditionStatus.True ? ConditionStatus.False : row.ready();
            return new Finding(status, what.reason(), what.message());
        }

        Finding progressing() {
            if (row.course() == Row.Course.DONE) {
                return Finding.no(Reason.Complete, "nothing is on its way");
            }
            if (stalled) {
                return Finding.no(Reason.Stalled, what.message());
            }
            return row.ready() == ConditionStatus.Unknown
                    ? Finding.unknown(what.reason(), what.message())
                    : Finding.yes(reason(), what.message());
        }

        Optional<Finding> reconciling() {
            return row.course() == Row.Course.DONE || stalled
                    ? Optional.empty()
                    : Optional.of(Finding.yes(reason(), what.message()));
        }

        Optional<Finding> stalled() {
            return stalled ? Optional.of(Finding.yes(what.reason(), what.message())) : Optional.empty();
        }

        private Reason reason() {
            return row.course() == Row.Course.ENDING ? Reason.Ending : Objects.requireNonNull(what.reason());
        }
    }
}
