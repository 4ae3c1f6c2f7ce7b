package dev.plimsoll.server.placement;

/** A plan that fits every budget, or a refusal that says why none does. */
public sealed interface PlanOutcome permits PlacementPlan, Refusal {}
