package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.report.Phase;
import dev.plimsoll.api.status.PodStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.judgement.Row.Case;
import dev.plimsoll.operator.replicas.LeavingPod;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rows about replicas that are on their way, that cannot be known, and that serve. */
final class Ways {
    private Ways() {}

    static Optional<Case> loading(Facts facts) {
        return facts.first(sight -> sight.failure() == null && sight.phase().equals(Phase.Loading))
                .map(sight -> new Case(Reason.Loading, ModelLoaded.progress(facts), step(facts, sight)));
    }

    static Optional<Case> warmingUp(Facts facts) {
        return facts.first(sight -> sight.phase().equals(Phase.WarmingUp) || (unready(sight) && isNew(facts, sight)))
                .map(sight -> new Case(Reason.WarmingUp, "the model is loaded and the first steps run", sight.since()));
    }

    static Optional<Case> readinessLost(Facts facts) {
        return facts.first(sight -> unready(sight) && !isNew(facts, sight))
                .map(sight -> new Case(
                        Reason.ReadinessLost,
                        "pod " + sight.name()
                                + " says that it serves, and fails its readiness probe: Kubernetes sends it"
                                + " no requests",
                        facts.standing().unreadySince()));
    }

    static Optional<Case> rollingOut(Facts facts) {
        long old = facts.surplus()
                + facts.ending().stream().filter(pod -> !pod.current()).count();
        return facts.allServe() || !facts.lacksPods() || old == 0
                ? Optional.empty()
                : Optional.of(new Case(
                        Reason.RollingOut,
                        facts.serving() + " of " + facts.wanted() + " replicas of this spec serve, "
                                + Words.pods(old) + " of an older one "
                                + Words.verb(old, "has", "have") + " still to end" + stuck(facts),
                        facts.lastStep()));
    }

    static Optional<Case> starting(Facts facts) {
        Optional<Sight> unbegun = facts.first(sight -> sight.failure() == null && !sight.hasBegun());
        if (unbegun.isEmpty() && !facts.lacksPods()) {
            return Optional.empty();
        }
        long begun = facts.count(Sight::hasBegun);
        return Optional.of(new Case(
                Reason.Starting,
                facts.current().size() + " of " + facts.wanted() + " pods exist, "
                        + (begun == 0 ? "no server has begun" : Words.servers(begun) + " begun") + stuck(facts),
                unbegun.map(Sight::since).orElseGet(facts::lastStep)));
    }

    static Optional<Case> silent(Facts facts) {
        return facts.first(Sight::isSilent).map(sight -> {
            Finding silence = Silence.of(sight);
            return new Case(silence.reason(), silence.message(), sight.since());
        });
    }

    static Optional<Case> unknownPhase(Facts facts) {
        return facts.first(sight -> !sight.phase().isKnown())
                .map(sight -> new Case(
                        Reason.UnknownValue,
                        "pod " + sight.name() + " reports phase "
                                + Text.line(sight.phase().value(), 100) + ", which this operator does not know",
                        sight.since()));
    }

    static Optional<Case> unreported(Facts facts) {
        return List.of(PlacementSatisfied.of(facts), WithinMemoryBudget.of(facts)).stream()
                .filter(finding -> facts.wanted() > 0
                        && finding.isUnknown()
                        && !finding.reason().equals(Reason.NotAttributable))
                .findFirst()
                .map(finding -> new Case(
                        finding.reason(), finding.message(), facts.standing().unreadySince()));
    }

    static Optional<Case> unserved(Facts facts) {
        return facts.allServe()
                ? Optional.empty()
                : Optional.of(new Case(
                        Reason.NoReplica,
                        facts.serving() + " of " + facts.wanted() + " replicas serve" + stuck(facts),
                        facts.lastStep()));
    }

    static Optional<Case> ending(Facts facts) {
        long others = facts.surplus() + facts.ending().size();
        return !facts.allServe() || others == 0
                ? Optional.empty()
                : Optional.of(new Case(
                        Reason.AsSpecified,
                        serve(facts) + "; " + Words.pods(others) + " " + Words.verb(others, "ends", "end")
                                + stuck(facts),
                        facts.now()));
    }

    static Optional<Case> asSpecified(Facts facts) {
        return Optional.of(new Case(Reason.AsSpecified, serve(facts) + stuck(facts), facts.now()));
    }

    /** Pods that should have ended, as the end of a sentence. */
    static String stuck(Facts facts) {
        return facts.stuck().stream()
                .findFirst()
                .map(pod -> "; pod " + pod.name() + why(pod)
                        + (facts.stuck().size() == 1
                                ? ""
                                : ", and " + (facts.stuck().size() - 1) + " more"))
                .orElse("");
    }

    private static String why(LeavingPod pod) {
        return pod.lost()
                ? " is being deleted, and its node " + pod.node() + " does not answer"
                : " is being deleted and does not end";
    }

    static String serve(Facts facts) {
        return facts.wanted() + " of " + facts.wanted() + " replicas serve as specified";
    }

    private static boolean unready(Sight sight) {
        return sight.phase().equals(Phase.Serving) && !sight.replica().ready() && sight.failure() == null;
    }

    /** The readiness probe comes after the first report that says that it will pass; what it has failed since is not new. */
    private static boolean isNew(Facts facts, Sight sight) {
        return !sight.replica().lostReadiness()
                && sight.since().plus(Patience.FIRST_READINESS).isAfter(facts.now());
    }

    private static Instant step(Facts facts, Sight sight) {
        Optional<PodStatus.LoadStatus> stood =
                facts.standing().pod(sight.replica().uid()).flatMap(pod -> Optional.ofNullable(pod.load()));
        return sight.report()
                .flatMap(report -> Optional.ofNullable(report.load()))
                .flatMap(load -> stood.filter(
                        standing -> standing.percent() != null && standing.percent() == LoadProgress.percent(load)))
                .map(standing -> facts.standing().time(standing.percentSince()))
                .orElse(facts.now());
    }
}
