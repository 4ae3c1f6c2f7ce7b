package dev.plimsoll.operator.status;

import dev.plimsoll.api.status.Condition;
import dev.plimsoll.api.status.ConditionStatus;
import dev.plimsoll.api.status.ConditionType;
import dev.plimsoll.api.status.ModelDeploymentStatus;
import dev.plimsoll.api.status.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is worth an Event: a condition that turned, from one status to the next; what two conditions say alike is told
 * once. The status outlives the operator, so a restart repeats nothing.
 */
public final class Transitions {
    private static final Set<ConditionType> BAD_NEWS = Set.of(
            ConditionType.Fits,
            ConditionType.ModelLoaded,
            ConditionType.PlacementSatisfied,
            ConditionType.WithinMemoryBudget);
    private static final Set<ConditionType> GOOD_NEWS = Set.of(ConditionType.Ready, ConditionType.ModelLoaded);

    private Transitions() {}

    /** An Event to be. */
    public record News(boolean warning, String reason, String message) {}

    public static List<News> between(@Nullable ModelDeploymentStatus before, ModelDeploymentStatus after) {
        List<News> news = new ArrayList<>();
        for (Condition now : after.conditions()) {
            Optional<Condition> then = Optional.ofNullable(before).stream()
                    .flatMap(status -> status.conditions().stream())
                    .filter(condition -> condition.type().equals(now.type()))
                    .findFirst();
            boolean turned = then.isEmpty()
                    || then.get().status() != now.status()
                    || (now.status() == ConditionStatus.False
                            && !then.get().reason().equals(now.reason()));
            if (turned && now.status() == ConditionStatus.True && GOOD_NEWS.contains(now.type())) {
                news.add(new News(false, now.type().equals(ConditionType.Ready) ? "Ready" : "Loaded", now.message()));
            }
            if (turned && isBad(now)) {
                news.add(new News(true, now.reason().toString(), now.message()));
            }
        }
        return news.stream().distinct().toList();
    }

    private static boolean isBad(Condition condition) {
        boolean expected = condition.reason().equals(Reason.NotLoaded)
                || condition.reason().equals(Reason.ScaledToZero);
        return condition.status() == ConditionStatus.False && BAD_NEWS.contains(condition.type()) && !expected;
    }
}
