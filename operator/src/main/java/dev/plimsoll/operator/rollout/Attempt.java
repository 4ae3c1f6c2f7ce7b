package dev.plimsoll.operator.rollout;

import dev.plimsoll.api.report.PlanningReport;
import java.time.Instant;

/** How far planning the wanted revision is, as its pod tells. */
public sealed interface Attempt {
    /** There is no pod. */
    record None() implements Attempt {}

    /** It has not ended. */
    record Running() implements Attempt {}

    /**
     * It has left what it found.
     *
     * @param gpus what GPUs it was told of
     */
    record Told(PlanningReport report, String gpus) implements Attempt {}

    /** Its image does not know how to plan in a pod. */
    record Unable() implements Attempt {}

    /** It ended without an account, or has not ended in time. */
    record Broken(String words, Instant again) implements Attempt {}
}
