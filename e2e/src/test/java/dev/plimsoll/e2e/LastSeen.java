package dev.plimsoll.e2e;

import java.util.function.Supplier;
import org.awaitility.core.ConditionEvaluationListener;
import org.awaitility.core.EvaluatedCondition;
import org.awaitility.core.TimeoutEvent;

/** Prints what was there last when the wait was in vain. */
record LastSeen(Supplier<String> describe) implements ConditionEvaluationListener<Object> {
    @Override
    public void conditionEvaluated(EvaluatedCondition<Object> condition) {}

    @Override
    public void onTimeout(TimeoutEvent event) {
        System.err.println(event.getDescription() + "; last seen:\n" + describe.get());
    }
}
