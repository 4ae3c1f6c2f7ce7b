package dev.plimsoll.api.status;

/** The aspects of a deployment, in the order in which they are shown. */
public enum ConditionType {
    /** The sum: every replica serves, as specified and within its budgets. */
    Ready,
    /** The plan made from the checkpoint's headers fits the budgets. */
    Fits,
    /** Something is still on its way to what the spec asks for. */
    Progressing,
    /** At least one replica answers requests. */
    Available,
    /** Every replica of the current spec holds the whole model. */
    ModelLoaded,
    /** What was asked for is where the modules are. */
    PlacementSatisfied,
    /** No measured value is above its budget. */
    WithinMemoryBudget
}
