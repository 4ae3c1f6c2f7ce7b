package dev.plimsoll.operator.judgement;

import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.PodStatus;
import dev.plimsoll.api.status.Reason;
import dev.plimsoll.api.status.Summary;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The status as it stands. Its times outlive the operator that wrote them. */
final class Standing {
    private final @Nullable ModelDeploymentStatus status;
    private final Map<String, PodStatus> pods = new HashMap<>();
    private final Instant now;

    Standing(@Nullable ModelDeploymentStatus status, Instant now) {
        this.status = status;
        this.now = now;
        if (status != null) {
            status.pods().forEach(pod -> pods.put(pod.uid(), pod));
        }
    }

    Optional<ModelDeploymentStatus> status() {
        return Optional.ofNullable(status);
    }

    Optional<Condition> condition(ConditionType type) {
        return status == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(condition -> condition.type().equals(type))
                        .findFirst();
    }

    boolean says(ConditionType type, ConditionStatus value, Reason reason) {
        return condition(type)
                .filter(condition ->
                        condition.status() == value && condition.reason().equals(reason))
                .isPresent();
    }

    boolean isReady() {
        return condition(ConditionType.Ready)
                .filter(ready -> ready.status() == ConditionStatus.True)
                .isPresent();
    }

    /** Since when Ready has not been True; now, when it still is or nothing stands. */
    Instant unreadySince() {
        return condition(ConditionType.Ready)
                .filter(ready -> ready.status() != ConditionStatus.True)
                .map(ready -> time(ready.lastTransitionTime()))
                .orElse(now);
    }

    Optional<PodStatus> pod(String uid) {
        return Optional.ofNullable(pods.get(uid));
    }

    Optional<Summary> summary() {
        return Optional.ofNullable(status).flatMap(known -> Optional.ofNullable(known.summary()));
    }

    /** The first condition's words that begin with {@code stem}, so that what says the same goes on saying it. */
    Optional<String> words(ConditionType type, String stem) {
        return condition(type).map(Condition::message).filter(message -> message.startsWith(stem));
    }

    boolean hasFailed(String uid) {
        return status().flatMap(known -> Optional.ofNullable(known.failedPods())).orElse(List.of()).stream()
                .anyMatch(pod -> pod.uid().equals(uid));
    }

    /** A time of the status; now where it is none, and where it is yet to come. */
    Instant time(@Nullable String text) {
        if (text == null) {
            return now;
        }
        try {
            Instant time = Instant.parse(text);
            return time.isAfter(now) ? now : time;
        } catch (DateTimeParseException e) {
            return now;
        }
    }
}
