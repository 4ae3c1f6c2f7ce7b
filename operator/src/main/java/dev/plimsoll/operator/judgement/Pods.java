package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.operator.judgement.Row.Case;
import dev.plimsoll.operator.replicas.FailedPod;
import dev.plimsoll.operator.replicas.Obstacle;
import dev.plimsoll.operator.rollout.RolloutState;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Rows about pods that cannot run their server. */
final class Pods {
    private static final int LONGEST = 1500;

    /** What the kubelet says between two tries, before what it said of the last one. */
    private static final Pattern BACK_OFF = Pattern.compile("^Back-off pulling image \"[^\"]*\"(: ErrImagePull)?(: )?");

    private Pods() {}

    static Function<Facts, Optional<Case>> held(Obstacle.Kind kind) {
        return facts -> facts.first(sight -> sight.failure() == null
                        && sight.replica().obstacle() != null
                        && sight.replica().obstacle().kind() == kind)
                .map(sight -> {
                    Obstacle obstacle = Objects.requireNonNull(sight.replica().obstacle());
                    return new Case(reason(obstacle), words(facts, sight.name(), obstacle), sight.since());
                })
                .or(() -> planner(facts, kind));
    }

    /** What keeps a pod from planning keeps a spec from being served. */
    private static Optional<Case> planner(Facts facts, Obstacle.Kind kind) {
        RolloutState rollout = facts.evidence().rollout();
        Obstacle obstacle = rollout.obstacle();
        return facts.isServed() || obstacle == null || obstacle.kind() != kind || rollout.planner() == null
                ? Optional.empty()
                : Optional.of(new Case(
                        reason(obstacle),
                        words(facts, rollout.planner(), obstacle) + Changes.servesOn(facts),
                        facts.standing().unreadySince()));
    }

    static Optional<Case> rejected(Facts facts) {
        String words = facts.evidence().deployment().replicaFailure();
        return words == null || !facts.lacksPods()
                ? Optional.empty()
                : Optional.of(new Case(
                        words.contains("exceeded quota") ? Reason.QuotaExceeded : Reason.PodsRejected,
                        "the pods cannot be made: " + Text.line(words, LONGEST),
                        facts.standing().unreadySince()));
    }

    static Optional<Case> paused(Facts facts) {
        return !facts.evidence().deployment().paused() || facts.allServe() || Changes.isHeld(facts)
                ? Optional.empty()
                : Optional.of(new Case(
                        Reason.Paused,
                        "the Deployment is paused, and replaces no pod until somebody resumes it (kubectl rollout"
                                + " resume); "
                                + facts.serving() + " of " + facts.wanted() + " replicas of this spec serve",
                        facts.standing().unreadySince()));
    }

    /** One that was told when all was well again is no news, however long its object stays. */
    static Optional<Case> failed(Facts facts) {
        boolean waits =
                facts.lacksPods() || facts.first(sight -> !sight.hasBegun()).isPresent();
        if (facts.allServe() || !waits) {
            return Optional.empty();
        }
        return facts.evidence().replicas().failed().stream()
                .filter(FailedPod::current)
                .filter(pod -> !(facts.standing().isReady() && facts.standing().hasFailed(pod.uid())))
                .max(Comparator.comparing(FailedPod::created).thenComparing(FailedPod::name))
                .map(pod -> new Case(
                        pod.reason().equals("Evicted") ? Reason.Evicted : Reason.PodFailed,
                        "pod " + pod.name() + " failed for good and is being replaced: " + Text.line(pod.reason(), 100)
                                + (pod.message().isEmpty() ? "" : ": " + Text.line(pod.message(), LONGEST)),
                        facts.standing().unreadySince()));
    }

    static Reason reason(Obstacle obstacle) {
        return switch (obstacle.kind()) {
            case SCHEDULING ->
                obstacle.reason().equals("SchedulingGated") ? Reason.SchedulingGated : Reason.Unschedulable;
            case IMAGE -> Reason.ImageUnavailable;
            case VOLUME -> Reason.VolumeUnavailable;
            case INIT_CONTAINER -> Reason.InitContainerFailed;
            case CONTAINER -> Reason.ContainerNotCreated;
        };
    }

    static String words(Facts facts, String pod, Obstacle obstacle) {
        String message = Text.line(obstacle.message(), LONGEST);
        return switch (obstacle.kind()) {
            case SCHEDULING ->
                (obstacle.reason().equals("SchedulingGated")
                                ? "pod " + pod + " is held back"
                                : "no node can take pod " + pod)
                        + (message.isEmpty() ? "" : ": " + message);
            case IMAGE -> image(facts, "pod " + pod + " waits for its image", message);
            case VOLUME -> "pod " + pod + " waits for a volume: " + obstacle.reason() + ": " + message;
            case INIT_CONTAINER, CONTAINER ->
                "pod " + pod + " cannot start: " + Text.line(obstacle.reason(), 100)
                        + (message.isEmpty() ? "" : ": " + message);
        };
    }

    /** The kubelet says it in turns, of a try and between two. */
    private static String image(Facts facts, String stem, String message) {
        String cause = BACK_OFF.matcher(message).replaceFirst("");
        return cause.isEmpty()
                ? facts.standing().words(ConditionType.Ready, stem + ": ").orElse(stem)
                : stem + ": " + cause;
    }
}
