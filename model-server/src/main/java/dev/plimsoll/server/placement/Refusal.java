package dev.plimsoll.server.placement;

import dev.plimsoll.api.report.Failure;

/** No plan fits: the deficit in bytes by kind, and what would fit. */
public record Refusal(Failure failure) implements PlanOutcome {}
