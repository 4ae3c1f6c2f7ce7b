package dev.plimsoll.api.status;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;

/**
 * The aspects of a deployment, in the order in which they are shown. An open word: another version may know more of
 * them.
 */
@SuppressWarnings("MemberName")
public record ConditionType(@JsonValue String value) {
    /** The sum: every replica serves, as specified and within its budgets. */
    public static final ConditionType Ready = new ConditionType("Ready");

    /** The plan made from the checkpoint's headers fits the budgets. */
    public static final ConditionType Fits = new ConditionType("Fits");

    /** Something is still on its way to what the spec asks for. */
    public static final ConditionType Progressing = new ConditionType("Progressing");

    /** At least one replica answers requests. */
    public static final ConditionType Available = new ConditionType("Available");

    /** Every replica of the current spec holds the whole model. */
    public static final ConditionType ModelLoaded = new ConditionType("ModelLoaded");

    /** What was asked for is where the modules are. */
    public static final ConditionType PlacementSatisfied = new ConditionType("PlacementSatisfied");

    /** No measured value is above its budget. */
    public static final ConditionType WithinMemoryBudget = new ConditionType("WithinMemoryBudget");

    /** Present and True while the operator or the cluster is on the way to what the spec asks for (kstatus). */
    public static final ConditionType Reconciling = new ConditionType("Reconciling");

    /** Present and True when nothing will get better until somebody changes something (kstatus). */
    public static final ConditionType Stalled = new ConditionType("Stalled");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public ConditionType {
        Objects.requireNonNull(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
