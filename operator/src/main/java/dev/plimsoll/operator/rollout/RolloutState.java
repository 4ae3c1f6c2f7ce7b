package dev.plimsoll.operator.rollout;

import dev.plimsoll.api.report.Failure;
import dev.plimsoll.api.report.PlanningReport;
import dev.plimsoll.api.status.RolloutPhase;
import dev.plimsoll.operator.replicas.Obstacle;
import org.jspecify.annotations.Nullable;

/**
 * How far a change is, as a status tells it.
 *
 * @param served whether pods are made from what the spec asks for, with whichever image
 * @param strategy how pods are replaced, where that is decided
 * @param message why it is in this phase
 * @param refusal why the spec does not fit, where its plan says so
 * @param planner name of the planning pod; null where there is none
 * @param obstacle what keeps the planning pod from running
 * @param broken why planning came to nothing; null where it did not
 * @param image of the server that pods are made with; null where there are none
 * @param revision that pods are made from; null where there are none
 * @param generation that this revision was first made for; zero where nobody knows
 * @param plan of what pods are made from; null where none was made
 */
public record RolloutState(
        RolloutPhase phase,
        boolean served,
        @Nullable String strategy,
        String message,
        @Nullable Failure refusal,
        @Nullable String planner,
        @Nullable Obstacle obstacle,
        @Nullable String broken,
        @Nullable String image,
        @Nullable String revision,
        long generation,
        @Nullable PlanningReport plan) {}
