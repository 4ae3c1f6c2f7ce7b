package dev.plimsoll.operator.rollout;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a deployment wants to be changed: {@code spec.rollout} and {@code spec.server.image}.
 *
 * @param image the server image that the spec names; null where it leaves that to {@code followsOperator}
 * @param followsOperator whether a newer operator's image is rolled out
 * @param deadline within which a rollout must come further
 * @param rollsBack whether one that is not is undone
 * @param paused whether pods are left as they are
 */
public record Policy(
        @Nullable String image, boolean followsOperator, Duration deadline, boolean rollsBack, boolean paused) {}
