package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.FailedPodStatus;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.api.status.RolloutStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is worth an Event, from one status to the next: Ready that turned or is not so for another reason, a condition
 * that turned against the spec, a pod that failed for good. What two conditions say alike is told once. The status
 * outlives the operator, so a restart repeats nothing.
 *
 * @param reason in one word, by which Events of a kind are aggregated
 * @param message at most {@value #LONGEST} bytes in UTF-8, on one line
 */
public record News(boolean warning, String reason, String message) {
    /** Bytes that the API server allows an Event's note. */
    public static final int LONGEST = 1024;

    private static final List<ConditionType> BAD_NEWS = List.of(
            ConditionType.Ready,
            ConditionType.Fits,
            ConditionType.ModelLoaded,
            ConditionType.PlacementSatisfied,
            ConditionType.WithinMemoryBudget,
            ConditionType.Stalled);

    /** Steps on a way that everybody expects, and what is told of the pod itself. */
    private static final List<Reason> EXPECTED = List.of(
            Reason.NotLoaded,
            Reason.ScaledToZero,
            Reason.Suspended,
            Reason.Starting,
            Reason.Loading,
            Reason.WarmingUp,
            Reason.RollingOut,
            Reason.Planning,
            Reason.NotReported,
            Reason.NoReplica,
            Reason.Evicted,
            Reason.PodFailed);

    private static final List<Reason> NOTHING_ASKED_FOR = List.of(Reason.ScaledToZero, Reason.Suspended);

    public News {
        message = Text.line(message, LONGEST);
    }

    public static List<News> between(@Nullable ModelDeploymentStatus before, ModelDeploymentStatus after) {
        Map<String, News> news = new LinkedHashMap<>();
        List<News> found = new ArrayList<>();
        failedPods(before, after).forEach(found::add);
        for (Condition now : after.conditions()) {
            Optional<Condition> then = condition(before, now.type());
            if (now.type().equals(ConditionType.Stalled)) {
                stalled(then, now).ifPresent(found::add);
            } else {
                good(then, now).ifPresent(found::add);
                bad(then, now).ifPresent(found::add);
            }
        }
        rollout(before, after)
                .filter(one -> found.stream().noneMatch(other -> other.reason().equals(one.reason())))
                .ifPresent(found::add);
        found.forEach(one -> news.putIfAbsent(one.reason() + " " + one.message(), one));
        return List.copyOf(news.values());
    }

    /** What stands in a change's way is news also where what is asked for is served: a newer image that fails. */
    private static Optional<News> rollout(@Nullable ModelDeploymentStatus before, ModelDeploymentStatus after) {
        RolloutStatus rollout = after.rollout();
        Reason now = rollout == null ? null : rollout.reason();
        Reason then = before == null || before.rollout() == null
                ? null
                : before.rollout().reason();
        return rollout == null || now == null || now.equals(then)
                ? Optional.empty()
                : Optional.of(new News(true, now.value(), rollout.message()));
    }

    private static List<News> failedPods(@Nullable ModelDeploymentStatus before, ModelDeploymentStatus after) {
        List<FailedPodStatus> known = failed(before);
        return failed(after).stream()
                .filter(pod -> known.stream().noneMatch(other -> other.uid().equals(pod.uid())))
                .map(pod -> new News(
                        true,
                        new Reason(pod.reason()).isWellFormed() ? pod.reason() : Reason.PodFailed.value(),
                        "pod " + pod.name() + " failed for good: " + pod.reason()
                                + (pod.message() == null ? "" : ": " + pod.message())))
                .toList();
    }

    private static List<FailedPodStatus> failed(@Nullable ModelDeploymentStatus status) {
        return status == null ? List.of() : Objects.requireNonNullElse(status.failedPods(), List.of());
    }

    /** That nothing is asked for and nothing is there is no news, nor that a model which fell silent is still loaded. */
    private static Optional<News> good(Optional<Condition> then, Condition now) {
        boolean turned = then.isEmpty() || then.get().status() != ConditionStatus.True;
        if (!turned || now.status() != ConditionStatus.True || NOTHING_ASKED_FOR.contains(now.reason())) {
            return Optional.empty();
        }
        boolean wasNotKnown = then.isPresent() && then.get().status() == ConditionStatus.Unknown;
        return now.type().equals(ConditionType.Ready)
                ? Optional.of(new News(false, "Ready", now.message()))
                : now.type().equals(ConditionType.ModelLoaded) && !wasNotKnown
                        ? Optional.of(new News(false, "Loaded", now.message()))
                        : Optional.empty();
    }

    private static Optional<News> bad(Optional<Condition> then, Condition now) {
        boolean turned = then.isEmpty()
                || then.get().status() != now.status()
                || !then.get().reason().equals(now.reason());
        boolean wrong = now.status() == ConditionStatus.False
                || (now.status() == ConditionStatus.Unknown && now.type().equals(ConditionType.Ready));
        return turned && wrong && BAD_NEWS.contains(now.type()) && !EXPECTED.contains(now.reason())
                ? Optional.of(new News(true, now.reason().value(), now.message()))
                : Optional.empty();
    }

    /** What was told when it went wrong is not told again; what was only slow until now is. */
    private static Optional<News> stalled(Optional<Condition> then, Condition now) {
        boolean turned = then.isEmpty() || !then.get().reason().equals(now.reason());
        return turned ? Optional.of(new News(true, now.reason().value(), now.message())) : Optional.empty();
    }

    private static Optional<Condition> condition(@Nullable ModelDeploymentStatus status, ConditionType type) {
        return status == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(condition -> condition.type().equals(type))
                        .findFirst();
    }
}
